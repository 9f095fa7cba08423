import { crc32 } from '#kernel/crc32.ts'
import { formatDate } from '#kernel/dates.ts'
import type { AuthOptions, CollectionDefinition, CollectionType } from '#catalog/definition.ts'
import { withSystemFields } from './field-list.ts'
import { formatIndex, parseIndex, singleUniqueColumn, withTableName } from '#catalog/indexes.ts'
import { authIndexes, newSecret, scaffold } from '#catalog/scaffolds.ts'
import { superusersId } from '#catalog/system-collections.ts'

/** The default definition of a new collection of this type, with its default id. */
export function blankDefinition(type: CollectionType, name: string, id = ''): CollectionDefinition {
  const blank = { ...scaffold(type), name, id: id || defaultId(type, name) }
  return type === 'auth' ? { ...blank, indexes: authIndexes(blank.id, name) } : blank
}

/** The default id of a collection: the CRC-32 of its type and name. */
export function defaultId(type: string, name: string): string {
  return `pbc_${crc32(type + name)}`
}

/**
 * Completes a new definition: a free id if the default one is taken, system fields, required
 * indexes, and enforced options.
 */
export function completeNew(
  definition: CollectionDefinition,
  { isTaken, now }: { isTaken(id: string): boolean; now: Date },
): CollectionDefinition {
  const stamp = formatDate(now)
  const identified = withFreeId(definition, isTaken)
  return complete({ ...identified, created: stamp, updated: stamp })
}

/**
 * Completes a changed definition. A new auth rule ends all sessions, since it may be meant to lock
 * out users who are signed in.
 */
export function completeChanged(
  definition: CollectionDefinition,
  { previous, now }: { readonly previous: CollectionDefinition; readonly now: Date },
): CollectionDefinition {
  const changed = complete({ ...definition, updated: formatDate(now) })
  if (changed.type !== 'auth' || previous.type !== 'auth') return changed
  if (changed.options.authRule === previous.options.authRule) return changed
  const authToken = { ...changed.options.authToken, secret: newSecret() }
  return { ...changed, options: { ...changed.options, authToken } }
}

function complete(definition: CollectionDefinition): CollectionDefinition {
  const fields = withSystemFields(definition.type, definition.fields)
  const indexes = definition.indexes.map((index) => withTableName(index, definition.name))
  if (definition.type !== 'auth') return { ...definition, fields, indexes }
  return {
    ...definition,
    fields,
    indexes: withAuthIndexes(indexes, definition),
    options: enforced(withoutLostMappings(definition.options, fields), definition.id),
  }
}

function withFreeId(
  definition: CollectionDefinition,
  isTaken: (id: string) => boolean,
): CollectionDefinition {
  const id = defaultId(definition.type, definition.name)
  if (definition.id !== '' && definition.id !== id) return definition
  let free = id
  for (let n = 2; isTaken(free); n++) free = `${id}${n}`
  if (definition.id === free) return definition
  const indexes = definition.indexes.map((index) => withIdInName(index, id, free))
  return { ...definition, id: free, indexes }
}

function withIdInName(text: string, old: string, id: string): string {
  const index = parseIndex(text)
  if (index === undefined || !index.name.includes(old)) return text
  return formatIndex({ ...index, name: index.name.replaceAll(old, id) })
}

function withAuthIndexes(indexes: readonly string[], { id, name }: CollectionDefinition): string[] {
  return authIndexes(id, name).reduce(
    (all, wanted) => (all.some((index) => coversSame(index, wanted)) ? all : [...all, wanted]),
    [...indexes],
  )
}

function coversSame(a: string, b: string): boolean {
  const column = uniqueColumn(a)
  return column !== undefined && column === uniqueColumn(b)
}

/** The column, in lower case, that an index keeps unique. */
export function uniqueColumn(text: string): string | undefined {
  const index = parseIndex(text)
  return index && singleUniqueColumn(index)?.name.toLowerCase()
}

/** Drops mappings of OAuth2 data to fields that no longer exist. */
function withoutLostMappings(
  options: AuthOptions,
  fields: CollectionDefinition['fields'],
): AuthOptions {
  const kept = (name: string) => (fields.some((field) => field.name === name) ? name : '')
  const { id, name, username, avatarURL } = options.oauth2.mappedFields
  const mappedFields = {
    id: kept(id),
    name: kept(name),
    username: kept(username),
    avatarURL: kept(avatarURL),
  }
  return { ...options, oauth2: { ...options.oauth2, mappedFields } }
}

/**
 * Superusers sign in with a password and never through OAuth2. A mailed code alone is not enough.
 */
function enforced(options: AuthOptions, collectionId: string): AuthOptions {
  if (collectionId !== superusersId) return options
  return {
    ...options,
    oauth2: { ...options.oauth2, enabled: false, providers: [] },
    passwordAuth: { ...options.passwordAuth, enabled: true },
    mfa: { ...options.mfa, enabled: options.mfa.enabled || options.otp.enabled },
  }
}
