/** The language of rules: errors and completions. */
export const rules = {
  unknownField: ({ name, collection }: { name: string; collection: string }) =>
    `${collection} has no field named ${name}.`,
  unknownCollection: ({ name }: { name: string }) => `There is no collection named ${name}.`,
  unknownFunction: ({ name }: { name: string }) => `There is no function named ${name}.`,
  unknownModifier: ({ name }: { name: string }) => `There is no modifier named ${name}.`,
  unknownName: ({ name }: { name: string }) => `There is nothing named ${name}.`,
  noRelation: ({ name }: { name: string }) => `${name} is no relation, so nothing can follow it.`,
  noRequest: 'An event has no request, so @request is not there.',
  eventHint:
    'Empty for every change. @old.field is the value before an update. Ctrl+Space lists what can be written here; Escape, then Tab leaves the editor.',
  hint: 'Ctrl+Space lists what can be written here. Escape, then Tab leaves the editor.',
  faultAt: ({ message, position }: { message: string; position: number }) =>
    `Character ${position}: ${message}`,
  allowed: ({ condition }: { condition: string }) => `Allowed if ${condition}.`,
  sent: ({ condition }: { condition: string }) => `Sent if ${condition}.`,
  and: ' and ',
  or: ', or ',
  signedIn: 'the caller is signed in',
  guest: 'the caller is not signed in',
  isCaller: ({ name, isAny }: { name: string; isAny: boolean }) =>
    isAny ? `one of ${name} is the caller` : `${name} is the caller`,
  isEmpty: ({ name }: { name: string }) => `${name} is empty`,
  isFilled: ({ name }: { name: string }) => `${name} is not empty`,
  compare: (parts: { subject: string; sign: string; object: string; isAny: boolean }) =>
    `${parts.isAny ? 'one of ' : ''}${parts.subject} ${parts.sign} ${parts.object}`,
  signs: {
    '=': 'is',
    '!=': 'is not',
    '>': 'is greater than',
    '>=': 'is at least',
    '<': 'is less than',
    '<=': 'is at most',
    '~': 'contains',
    '!~': 'does not contain',
  },
  ofCaller: ({ name }: { name: string }) => `the caller’s ${name}`,
  ofBody: ({ name }: { name: string }) => `the sent ${name}`,
  former: ({ name }: { name: string }) => `the former ${name}`,
  modified: {
    isset: ({ name }: { name: string }) => `the presence of ${name}`,
    changed: ({ name }: { name: string }) => `a change of ${name}`,
    length: ({ name }: { name: string }) => `the number of ${name}`,
    each: ({ name }: { name: string }) => `each of ${name}`,
    lower: ({ name }: { name: string }) => `${name} in lower case`,
  } as Readonly<Record<string, (parts: { name: string }) => string>>,
}
