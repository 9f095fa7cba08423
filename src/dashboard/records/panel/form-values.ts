import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import { passTag } from '#dashboard/api/records/record-tags.ts'
import { InvalidInput } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { differentParts } from '#dashboard/shell/draft/same-value.ts'

/** Values by the names of their fields. */
export type Values = Readonly<Record<string, unknown>>

/** The fields that a form has inputs for. */
export function formFieldsOf({ fields, type }: CollectionModel): CollectionField[] {
  return fields.filter(
    (field) =>
      fieldTypeOf(field).Input !== undefined &&
      // The server makes the key of the tokens; another one signs the account out everywhere.
      !(type === 'auth' && field.system && field.name === 'tokenKey'),
  )
}

/** True for the system fields of an account, which stand in a part of their own. */
export function isAccountField(field: CollectionField): boolean {
  return field.system && ['password', 'verified', 'emailVisibility'].includes(field.name)
}

/** The fields that the server sets. */
export function serverFieldsOf({ fields }: CollectionModel): CollectionField[] {
  return fields.filter((field) => fieldTypeOf(field).Input === undefined)
}

/** The initial values of a form, from a record or for a new one. */
export function formValues(collection: CollectionModel, record: RecordModel | undefined): Values {
  const values = formFieldsOf(collection).map((field) => {
    const type = fieldTypeOf(field)
    const stored: unknown = type.isSecret ? undefined : record?.[field.name]
    return [field.name, stored ?? type.initial(field)] as const
  })
  return passTag(record, Object.fromEntries(values))
}

/** The values that a copy of a record begins with. What has to be its own is left out. */
export function copiedValues(collection: CollectionModel, record: RecordModel): Values {
  const fields = formFieldsOf(collection)
  const values = formValues(collection, record)
  const own = fields.filter((field) => field['primaryKey'] === true || field.type === 'file')
  return {
    ...values,
    ...Object.fromEntries(own.map((field) => [field.name, fieldTypeOf(field).initial(field)])),
  }
}

/** The changed values that may be kept in the browser: no secrets, files or invalid input. */
export function keepableValues(collection: CollectionModel, value: Values, base: Values): Values {
  const secrets = collection.fields.filter((field) => fieldTypeOf(field).isSecret)
  const names = differentParts(base, value).filter(
    (name) => !secrets.some((field) => field.name === name) && canBeKept(value[name]),
  )
  return Object.fromEntries(names.map((name) => [name, value[name]]))
}

function canBeKept(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(canBeKept)
  return !(value instanceof File || value instanceof InvalidInput)
}

/** The body of a save: what differs from the base, and a password with its confirmation. */
export function bodyOf(
  collection: CollectionModel,
  values: Values,
  base: Values,
): Record<string, unknown> {
  const names = differentParts(base, values).filter(
    // What a new record has no value for is left to the server.
    (name) => Object.hasOwn(base, name) || values[name] !== '',
  )
  const body = Object.fromEntries(names.map((name) => [name, values[name]]))
  const { password } = values
  const setsPassword = collection.type === 'auth' && names.includes('password')
  return setsPassword ? { ...body, passwordConfirm: password } : body
}

/** The errors of values that cannot be sent as they were typed. */
export function faultsOf(values: Values): ReadonlyMap<string, string> {
  const faults = Object.entries(values).flatMap(([name, value]) =>
    value instanceof InvalidInput ? [[name, value.message] as const] : [],
  )
  return new Map(faults)
}
