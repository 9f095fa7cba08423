/*
 * Fields that the server defines. Options are complete and keys alphabetical, as in every stored
 * field.
 */
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { crc32 } from '#kernel/crc32.ts'

/** The default id of a field: its type and the CRC-32 of its name. */
export function defaultFieldId(type: string, name: string): string {
  return `${type}${crc32(name)}`
}

/** A field with its keys in the order of the JSON output. */
export function withSortedKeys(field: FieldDefinition): FieldDefinition {
  const entries = Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries) as unknown as FieldDefinition
}

type Options = Readonly<Record<string, unknown>>

function defineField(
  type: string,
  name: string,
  defaults: Options,
  options: Options,
): FieldDefinition {
  return withSortedKeys({
    id: defaultFieldId(type, name),
    name,
    type,
    system: false,
    hidden: false,
    presentable: false,
    ...defaults,
    ...options,
  })
}

const inputDefaults = { help: '', required: false }

/** A text field. */
export function textField(name: string, options: Options = {}): FieldDefinition {
  const own = { autogeneratePattern: '', max: 0, min: 0, pattern: '', primaryKey: false }
  return defineField('text', name, { ...inputDefaults, ...own }, options)
}

/** A number field. */
export function numberField(name: string, options: Options = {}): FieldDefinition {
  const own = { max: null, min: null, onlyInt: false }
  return defineField('number', name, { ...inputDefaults, ...own }, options)
}

/** A password field. */
export function passwordField(name: string, options: Options = {}): FieldDefinition {
  const own = { cost: 0, max: 0, min: 0, pattern: '' }
  return defineField('password', name, { ...inputDefaults, ...own }, options)
}

/** A file field. */
export function fileField(name: string, options: Options = {}): FieldDefinition {
  const own = { maxSelect: 0, maxSize: 0, mimeTypes: null, protected: false, thumbs: null }
  return defineField('file', name, { ...inputDefaults, ...own }, options)
}

/** A date the server sets. */
export function autodateField(name: string, options: Options = {}): FieldDefinition {
  return defineField('autodate', name, { onCreate: false, onUpdate: false }, options)
}

/** The primary key of every stored record. */
export const idField: FieldDefinition = textField('id', {
  autogeneratePattern: '[a-z0-9]{15}',
  max: 15,
  min: 15,
  pattern: '^[a-z0-9]+$',
  primaryKey: true,
  required: true,
  system: true,
})

/** The fields of every auth collection besides the id, in this order. */
export const authFields: readonly FieldDefinition[] = [
  passwordField('password', { hidden: true, min: 8, required: true, system: true }),
  textField('tokenKey', {
    autogeneratePattern: '[a-zA-Z0-9]{50}',
    hidden: true,
    max: 60,
    min: 30,
    required: true,
    system: true,
  }),
  defineField(
    'email',
    'email',
    { ...inputDefaults, exceptDomains: null, onlyDomains: null },
    { required: true, system: true },
  ),
  defineField('bool', 'emailVisibility', inputDefaults, { system: true }),
  defineField('bool', 'verified', inputDefaults, { system: true }),
]
