/*
 * The list of a collection's fields, built one field at a time. A field without an id gets one. A
 * field with an existing id (or, without an id, an existing name) replaces the existing field in
 * place.
 */
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import type { CollectionType } from '#catalog/definition.ts'
import { authFields, defaultFieldId, idField, withSortedKeys } from '#catalog/system-fields.ts'

type Fields = readonly FieldDefinition[]

/** Adds the fields in order. */
export function fieldList(fields: Fields): FieldDefinition[] {
  return fields.reduce<FieldDefinition[]>(addField, [])
}

/** Adds one field, or replaces one. */
export function addField(list: Fields, field: FieldDefinition): FieldDefinition[] {
  const named =
    field.id === '' ? list.find(({ name }) => name !== '' && name === field.name) : undefined
  const id = field.id || named?.id || freeFieldId(list, field)
  const added = withSortedKeys({ ...field, id })
  const place = list.findIndex((other) => other.id === id)
  return place === -1 ? [...list, added] : list.with(place, added)
}

function freeFieldId(list: Fields, { type, name }: FieldDefinition): string {
  const id = defaultFieldId(type, name)
  let candidate = id
  for (let n = 2; list.some((other) => other.id === candidate); n++) candidate = `${id}${n}`
  return candidate
}

/** Adds or corrects the system fields of the collection's type. */
export function withSystemFields(type: CollectionType, fields: Fields): FieldDefinition[] {
  const list = fieldList(fields)
  if (type === 'view') return list
  const withId = withIdField(list)
  return type === 'base' ? withId : authFields.reduce(withAuthField, withId)
}

/** A restored primary key comes first. None of its options can be turned off. */
function withIdField(list: FieldDefinition[]): FieldDefinition[] {
  const at = list.findIndex(({ name, type }) => name === idField.name && type === idField.type)
  const field = list[at]
  if (field === undefined) return fieldList([idField, ...list])
  return list.with(at, {
    ...field,
    system: true,
    required: true,
    primaryKey: true,
    hidden: false,
    pattern: field['pattern'] === '' ? idField['pattern'] : field['pattern'],
  })
}

function withAuthField(list: FieldDefinition[], wanted: FieldDefinition): FieldDefinition[] {
  const at = list.findIndex(({ name, type }) => name === wanted.name && type === wanted.type)
  const field = list[at]
  if (field === undefined) return addField(list, { ...wanted, id: '' })
  const required = wanted.hidden ? { required: true } : {}
  const hidden = wanted.hidden || wanted.type === 'email' ? { hidden: wanted.hidden } : {}
  return list.with(at, { ...field, system: true, ...required, ...hidden })
}
