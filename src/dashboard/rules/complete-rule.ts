import {
  backRelation,
  type FilterPlace,
  functions,
  macros,
  modifiers,
  relatedOf,
  type RuleCollection,
  type RuleField,
} from './read-rule.ts'

/** A name that can be inserted. */
export interface Suggestion {
  readonly label: string
  /** The type of a field, or the kind of name. */
  readonly detail?: string
  readonly kind: 'field' | 'relation' | 'function' | 'name' | 'constant'
}

/** The suggestions for the word that begins at `from`. */
export interface Completion {
  readonly from: number
  readonly options: readonly Suggestion[]
}

const requestNames: readonly Suggestion[] = [
  { label: 'auth', kind: 'relation' },
  { label: 'body', kind: 'relation' },
  { label: 'query', kind: 'name' },
  { label: 'headers', kind: 'name' },
  { label: 'method', kind: 'name' },
  { label: 'context', kind: 'name' },
]

/** Suggests names for the text before the cursor; undefined inside of quotes. */
export function completeRule(
  before: string,
  collection: RuleCollection,
  collections: readonly RuleCollection[],
  place: FilterPlace = 'rule',
): Completion | undefined {
  if (isQuoted(before)) return undefined
  const word = /[@\w.:]*$/.exec(before)?.[0] ?? ''
  const path = word.split('.')
  const last = path.at(-1) ?? ''
  const owners = path.slice(0, -1)
  const isAlias = owners.length === 1 && owners[0] === '@collection'
  if (last.includes(':') && !isAlias) {
    const options = modifiers.map((label) => ({ label, kind: 'name' as const }))
    return { from: before.length - (last.split(':').at(-1) ?? '').length, options }
  }
  return {
    from: before.length - last.length,
    options: optionsAfter(owners, collection, collections, place),
  }
}

function optionsAfter(
  owners: readonly string[],
  collection: RuleCollection,
  collections: readonly RuleCollection[],
  place: FilterPlace,
): readonly Suggestion[] {
  const [first, second, ...rest] = owners
  if (first === undefined) return namesAtStart(collection, collections, place)
  if (first === '@old' && place === 'event') {
    return fieldsBehind([collection], owners.slice(1), collections)
  }
  if (first === '@collection') {
    if (second === undefined) {
      return collections.map(({ name, type }) => ({ label: name, detail: type, kind: 'relation' }))
    }
    const named = collections.find(({ name }) => name === second.split(':')[0])
    return named === undefined ? [] : fieldsBehind([named], rest, collections)
  }
  if (first !== '@request' || place === 'event')
    return fieldsBehind([collection], owners, collections)
  if (second === undefined) return requestNames
  if (second === 'body') return fieldsBehind([collection], rest, collections)
  const accounts = collections.filter(({ type }) => type === 'auth')
  if (second !== 'auth') return []
  const ofAccount: readonly Suggestion[] = rest.length === 0 ? ownerNames : []
  return [...fieldsBehind(accounts, rest, collections), ...ofAccount]
}

const ownerNames: readonly Suggestion[] = [
  { label: 'collectionName', kind: 'name' },
  { label: 'collectionId', kind: 'name' },
]

function namesAtStart(
  collection: RuleCollection,
  collections: readonly RuleCollection[],
  place: FilterPlace,
): readonly Suggestion[] {
  return [
    ...fieldsOf(collection, collections),
    { label: place === 'event' ? '@old.' : '@request.', kind: 'relation' },
    { label: '@collection.', kind: 'relation' },
    ...functions.map((label) => ({ label, kind: 'function' as const })),
    ...macros.map((label) => ({ label, kind: 'constant' as const })),
    ...['true', 'false', 'null'].map((label) => ({ label, kind: 'constant' as const })),
  ]
}

/** The fields at the end of a path that begins in any of some collections. */
function fieldsBehind(
  starts: readonly RuleCollection[],
  path: readonly string[],
  collections: readonly RuleCollection[],
): readonly Suggestion[] {
  let reached = starts
  for (const segment of path) {
    reached = reached.flatMap((one) => next(one, segment, collections) ?? [])
  }
  const found = new Map(
    reached.flatMap((one) => fieldsOf(one, collections)).map((option) => [option.label, option]),
  )
  return [...found.values()]
}

function next(
  collection: RuleCollection,
  segment: string,
  collections: readonly RuleCollection[],
): RuleCollection | undefined {
  const field = collection.fields.find(({ name }) => name === segment)
  if (field !== undefined) return relatedOf(field, collections)
  return backRelation(segment, collection, collections)?.collection
}

/** The fields of a collection, and the relations of others that refer to it. */
function fieldsOf(
  collection: RuleCollection,
  collections: readonly RuleCollection[],
): readonly Suggestion[] {
  const back = collections.flatMap((other) =>
    other.fields
      .filter((field) => field.type === 'relation' && field['collectionId'] === collection.id)
      .map((field) => ({
        label: `${other.name}_via_${field.name}`,
        detail: other.name,
        kind: 'relation' as const,
      })),
  )
  return [...collection.fields.map(suggestionOf), ...back]
}

function suggestionOf({ name, type }: RuleField): Suggestion {
  return { label: name, detail: type, kind: type === 'relation' ? 'relation' : 'field' }
}

/** True if the text ends inside of a string. */
function isQuoted(text: string): boolean {
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (quote !== '' && char === '\\') at += 1
    else if (quote === '' && (char === "'" || char === '"')) quote = char
    else if (char === quote) quote = ''
  }
  return quote !== ''
}
