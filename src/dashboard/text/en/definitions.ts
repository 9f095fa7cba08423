import { plural } from '#dashboard/text/format.ts'

/** Export and import of definitions. */
export const definitions = {
  title: 'Definitions',
  exportTitle: 'Export',
  collections: 'Collections',
  leftOutTitle: 'Not part of the file',
  leftOut: [
    'Records and their files.',
    'The settings of this deployment.',
    'OAuth2 providers, since their secrets must not leave: add them again under Sign-in.',
    'The secrets that tokens are signed with. Each deployment has its own.',
    'When a collection was created and changed.',
  ],
  noneChosen: 'Choose a collection first.',
  download: ({ count }: { count: number }) =>
    plural(count, { one: 'Download # definition', other: 'Download # definitions' }),
  copy: 'Copy JSON',
  importTitle: 'Import',
  file: 'File',
  text: 'Or the text itself',
  textHelp: 'An export from here, or from PocketBase.',
  noJson: ({ reason }: { reason: string }) => `This is not valid JSON. ${reason}`,
  noList: 'This is JSON, but not a list of collections.',
  noName: 'An entry of the list has no name, so it is no collection.',
  mode: 'What the file does not name',
  merge: 'Stays as it is',
  mergeHelp: 'Collections and fields are added or changed, none is removed.',
  replace: 'Is deleted',
  replaceHelp:
    'Collections and fields that the file does not name go, with their records and values.',
  differences: 'What changes',
  kinds: { added: 'New', changed: 'Changed', removed: 'Deleted' },
  adds: ({ name, count }: { name: string; count: number }) =>
    plural(count, {
      one: `Adds ${name} with # field`,
      other: `Adds ${name} with # fields`,
    }),
  removes: ({ name }: { name: string }) => `Deletes the collection ${name} with all of its records`,
  removesView: ({ name }: { name: string }) =>
    `Deletes the view ${name}. The records it shows stay in their collections.`,
  import: ({ count }: { count: number }) =>
    plural(count, { one: 'Change # collection', other: 'Change # collections' }),
  imported: 'The definitions were imported.',
  notImported: 'Nothing was imported.',
  same: 'No differences: this deployment has these definitions already.',
}
