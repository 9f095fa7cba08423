import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import { InvalidInput } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { isSame, type Values } from './use-draft.ts'

/** The fields that a form has inputs for. */
export function formFieldsOf({ fields, type }: CollectionModel): CollectionField[] {
  return fields.filter(
    (field) =>
      fieldTypeOf(field).Input !== undefined &&
      // The server makes the key of the tokens; another one signs the account out everywhere.
      !(type === 'auth' && field.system && field.name === 'tokenKey'),
  )
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
  return Object.fromEntries(values)
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

/** The names of values that are secrets. */
export function secretsOf(collection: CollectionModel): string[] {
  return collection.fields.filter((field) => fieldTypeOf(field).isSecret).map(({ name }) => name)
}

/** The body of a save: the named values, and a password with its confirmation. */
export function bodyOf(
  collection: CollectionModel,
  values: Values,
  names: readonly string[],
): Record<string, unknown> {
  const body = Object.fromEntries(names.map((name) => [name, values[name]]))
  const { password } = values
  const setsPassword = collection.type === 'auth' && names.includes('password')
  return setsPassword ? { ...body, passwordConfirm: password } : body
}

/** The names of values that differ between what a form began with and what is stored now. */
export function changedMeanwhile(
  collection: CollectionModel,
  base: Values,
  stored: RecordModel,
): string[] {
  const now = formValues(collection, stored)
  return Object.keys(base).filter((name) => !isSame(base[name], now[name]))
}

/** The errors of values that cannot be sent as they were typed. */
export function faultsOf(values: Values): ReadonlyMap<string, string> {
  const faults = Object.entries(values).flatMap(([name, value]) =>
    value instanceof InvalidInput ? [[name, value.message] as const] : [],
  )
  return new Map(faults)
}
