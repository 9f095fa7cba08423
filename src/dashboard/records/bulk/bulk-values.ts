import type { CollectionField, CollectionModel } from 'pocketbase'
import type { BulkEdit } from '#dashboard/api/records/bulk-edit.ts'
import { asList, InvalidInput } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'

/** The effect of a bulk edit on a field. */
export type BulkOperation = 'set' | 'clear' | 'add' | 'subtract'

/** One field of a bulk edit. */
export interface BulkPart {
  readonly field: CollectionField
  readonly operation: BulkOperation
  /** Nothing, to clear it. */
  readonly value: unknown
}

/** The fields that many records can get a value of at once. */
export function bulkFieldsOf({ fields }: CollectionModel): CollectionField[] {
  return fields.filter((field) => {
    const { Input, isSecret, isShareable } = fieldTypeOf(field)
    const canBeShared = isSecret !== true && isShareable !== false
    return Input !== undefined && canBeShared && field['primaryKey'] !== true
  })
}

/** The operations that a field allows. */
export function operationsOf(field: CollectionField): readonly BulkOperation[] {
  const hasModifiers = fieldTypeOf(field).hasModifiers?.(field) === true
  return hasModifiers ? ['set', 'add', 'subtract', 'clear'] : ['set', 'clear']
}

const suffixes = { set: '', clear: '', add: '+', subtract: '-' }

/** The body of the updates that the parts amount to. */
export function bulkEditOf(parts: readonly BulkPart[]): BulkEdit {
  const body = parts.map(({ field, operation, value }) => [
    `${field.name}${suffixes[operation]}`,
    operation === 'clear' ? fieldTypeOf(field).initial(field) : value,
  ])
  return {
    body: Object.fromEntries(body) as Record<string, unknown>,
    names: parts.map(({ field }) => field.name),
  }
}

/** The value that a record will have, to show it beforehand. */
export function resultOf({ field, operation, value }: BulkPart, before: unknown): unknown {
  if (operation === 'clear') return fieldTypeOf(field).initial(field)
  if (operation === 'set') return value
  if (Array.isArray(before)) {
    const [given, had] = [asList<unknown>(value), asList<unknown>(before)]
    return operation === 'add'
      ? [...had, ...given.filter((item) => !had.includes(item))]
      : had.filter((item) => !given.includes(item))
  }
  if (value instanceof InvalidInput) return before
  return operation === 'add' ? Number(before) + Number(value) : Number(before) - Number(value)
}
