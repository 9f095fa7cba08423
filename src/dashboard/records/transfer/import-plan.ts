import type { CollectionField, CollectionModel } from 'pocketbase'
import { asList, asText, InvalidInput, listOption } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { formFieldsOf } from '#dashboard/records/panel/form-values.ts'
import { t } from '#dashboard/text/t.ts'
import type { Table, TableRow } from './csv.ts'

/** The treatment of a row whose key is that of a stored record, and of one whose key is new. */
export type ImportMode = 'create' | 'upsert' | 'update'

/** The field of each column of a file; nothing for a column that is not imported. */
export type ColumnFields = readonly (CollectionField | undefined)[]

/** A row to import: its values, and the first problem that is certain beforehand. */
export interface PlannedRow {
  readonly row: TableRow
  readonly body: Readonly<Record<string, unknown>>
  readonly problem: string | undefined
}

/** The fields that a file can have values for. */
export function importableFields(collection: CollectionModel): CollectionField[] {
  return formFieldsOf(collection).filter((field) => {
    const { csv, isShareable } = fieldTypeOf(field)
    return csv !== undefined && isShareable !== false
  })
}

/** The field that each column of a file is for, by its name. */
export function guessColumns(
  header: readonly string[],
  fields: readonly CollectionField[],
): (CollectionField | undefined)[] {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return header.map(
    (name) =>
      fields.find((field) => field.name === name.trim()) ??
      fields.find((field) => plain(field.name) === plain(name)),
  )
}

/** The fields whose values tell records apart: the id, and those with a unique index of their own. */
export function keyFieldsOf(collection: CollectionModel): string[] {
  const unique = collection.indexes.flatMap((index) => {
    const match = /^\s*create\s+unique\s+index\b[^(]*\(\s*[`"[]?(\w+)[`"\]]?[^,]*\)\s*$/i.exec(
      index,
    )
    return match?.[1] ?? []
  })
  const names = new Set(['id', ...unique])
  return importableFields(collection)
    .map(({ name }) => name)
    .filter((name) => names.has(name))
}

interface PlanOptions {
  readonly collection: CollectionModel
  readonly table: Table
  readonly columns: ColumnFields
  readonly mode: ImportMode
  readonly key: string
}

/** Reads the values of all rows, and finds what cannot be imported. */
export function planImport({ collection, table, columns, mode, key }: PlanOptions): PlannedRow[] {
  return table.rows.map((row) => {
    const values = columns.flatMap((field, index) => {
      const cell = row.cells[index]
      if (field === undefined || cell === undefined) return []
      const { csv } = fieldTypeOf(field)
      const isText = table.delimiter !== undefined && typeof cell === 'string'
      return [[field, isText && csv !== undefined ? csv.read(cell, field) : cell] as const]
    })
    const body = bodyOf(collection, values, mode)
    const isWithoutKey = mode !== 'create' && (body[key] === undefined || body[key] === '')
    return {
      row,
      body,
      problem: isWithoutKey ? t.records.transfer.noKey({ key }) : problemOf(values, mode),
    }
  })
}

type FieldValue = readonly [CollectionField, unknown]

function bodyOf(
  { type }: CollectionModel,
  values: readonly FieldValue[],
  mode: ImportMode,
): Record<string, unknown> {
  const given = values.filter(([field, value]) => mode !== 'create' || !isMissingId(field, value))
  const body = Object.fromEntries(given.map(([{ name }, value]) => [name, value]))
  if (type !== 'auth' || body['password'] === undefined) return body
  return { ...body, passwordConfirm: body['password'] }
}

/** The server gives a new record without an id one. */
function isMissingId(field: CollectionField, value: unknown): boolean {
  return field['primaryKey'] === true && value === ''
}

function problemOf(values: readonly FieldValue[], mode: ImportMode): string | undefined {
  for (const [field, value] of values) {
    const { name } = field
    if (value instanceof InvalidInput) return `${name}: ${value.message}`
    const options = listOption(field, 'values')
    const unknown =
      options.length === 0 ? [] : asList(value).filter((each) => !options.includes(each))
    if (unknown.length > 0)
      return t.records.transfer.unknownOption({ name, value: unknown.join(', ') })
    const isEmpty = asText(value) === '' || (Array.isArray(value) && value.length === 0)
    const isGenerated = asText(field['autogeneratePattern']) !== '' && mode === 'create'
    if (field['required'] === true && isEmpty && !isGenerated) {
      return t.records.transfer.missing({ name })
    }
  }
  return undefined
}
