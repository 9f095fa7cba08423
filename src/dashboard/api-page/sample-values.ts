import type { Definition, FieldDefinition } from '#dashboard/schema/definition.ts'

/** A record of a related collection, which a sample can refer to. */
export type RelatedIds = ReadonlyMap<string, string>

/** A body that creates a record: a value for each field that is required or easy to make up. */
export function sampleBody(
  { type, fields }: Definition,
  related: RelatedIds,
): Record<string, unknown> {
  const own = fields.filter((field) => isSettable(field, type))
  const entries = own.flatMap((field) => {
    const value = sampleValue(field, related)
    return value === undefined ? [] : [[field.name, value] as const]
  })
  const password = 'a-long-password'
  const account =
    type === 'auth' ? { email: 'ann@example.com', password, passwordConfirm: password } : {}
  return { ...account, ...Object.fromEntries(entries) }
}

const accountFields = ['email', 'password', 'emailVisibility', 'verified', 'tokenKey']

function isSettable({ name, type, system }: FieldDefinition, collectionType: string): boolean {
  if (type === 'autodate' || name === 'id') return false
  return !(collectionType === 'auth' && system && accountFields.includes(name))
}

/** A value that the field accepts; undefined if it is better left out. */
function sampleValue(field: FieldDefinition, related: RelatedIds): unknown {
  const isRequired = field.required === true
  switch (field.type) {
    case 'text':
    case 'password':
      return textFor(field)
    case 'editor':
      return '<p>Hello</p>'
    case 'number':
      return numberFor(field)
    case 'bool':
      return true
    case 'email':
      return `ann@${domainFor(field)}`
    case 'url':
      return `https://${domainFor(field)}/`
    case 'date':
      return typeof field['min'] === 'string' && field['min'] !== ''
        ? field['min']
        : '2026-01-31 12:00:00.000Z'
    case 'select':
      return several(field, listOf(field, 'values')[0])
    case 'json':
      return { key: 'value' }
    case 'geoPoint':
      return { lon: 16.37, lat: 48.21 }
    case 'relation': {
      const id = related.get(String(field['collectionId']))
      return id === undefined && !isRequired ? undefined : several(field, id ?? 'RECORD_ID')
    }
    default:
      return undefined
  }
}

/** One value, or a list of it where the field holds several. */
function several({ maxSelect }: FieldDefinition, value: unknown): unknown {
  return typeof maxSelect === 'number' && maxSelect > 1 ? [value] : value
}

function textFor(field: FieldDefinition): string | undefined {
  const { min, max, pattern, required, autogeneratePattern } = field
  // A value for a pattern cannot be made up; one that makes itself need not be.
  const isGenerated = typeof autogeneratePattern === 'string' && autogeneratePattern !== ''
  if (isGenerated || (typeof pattern === 'string' && pattern !== '')) {
    return required === true && !isGenerated ? 'TEXT' : undefined
  }
  let text = 'Hello'
  if (typeof min === 'number') text = text.padEnd(min, '!')
  return typeof max === 'number' && max > 0 ? text.slice(0, max) : text
}

function numberFor({ min, max }: FieldDefinition): number {
  const from = typeof min === 'number' ? min : Number.NEGATIVE_INFINITY
  const to = typeof max === 'number' ? max : Number.POSITIVE_INFINITY
  return Math.min(to, Math.max(from, 42))
}

function domainFor(field: FieldDefinition): string {
  return listOf(field, 'onlyDomains')[0] ?? 'example.com'
}

function listOf(field: FieldDefinition, key: string): string[] {
  const list = field[key]
  return Array.isArray(list) ? list.map(String) : []
}

/** A record as the API returns it. */
export function sampleRecord(collection: Definition, related: RelatedIds): Record<string, unknown> {
  const { password: _, passwordConfirm: __, ...body } = sampleBody(collection, related)
  const stamps = collection.fields
    .filter(({ type }) => type === 'autodate')
    .map(({ name }) => [name, '2026-01-31 12:00:00.000Z'])
  return {
    collectionId: collection.id,
    collectionName: collection.name,
    id: 'RECORD_ID',
    ...body,
    ...Object.fromEntries(stamps),
  }
}
