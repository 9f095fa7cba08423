/*
 * Derives the fields of a view from the text of its query. D1 does not report the type of a result
 * column, and a column of a collection has more properties than its type.
 */
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { randomString } from '#kernel/random.ts'
import {
  castTarget,
  columnReference,
  type ResultColumn,
  type SelectStatement,
} from './select-statement.ts'
import { isSymbol, isWord, type SqlToken } from '#kernel/sql-tokens.ts'

/** A field as a client would submit it. Missing options get the defaults of its type. */
export interface FieldDraft {
  readonly name: string
  readonly type: string
  readonly [option: string]: unknown
}

/** A collection that a view can read: its id and fields. */
export interface ReadableCollection {
  readonly id: string
  readonly fields: readonly FieldDefinition[]
}

/**
 * The field of a column: by its cast or count, else by the field of the collection it is read from.
 * If it is unknown, as in a compound, it is JSON, which shows any value unchanged.
 */
export function deriveField(
  { name, expression }: ResultColumn,
  statement: SelectStatement,
  findCollection: (name: string) => ReadableCollection | undefined,
): FieldDraft {
  if (name === 'id') return { name, type: 'text', ...idOptions }
  const anything = { name, type: 'json', maxSize: 1 }
  // The other terms of a compound may return values of any kind in this column.
  if (statement.terms.length !== 1) return anything

  const computed = deriveComputed(expression)
  if (computed !== undefined) return { name, ...computed }

  const column = sourceColumn(expression, statement)
  const collection = column && findCollection(column.table)
  const field = collection?.fields.find(
    (candidate) => candidate.name.toLowerCase() === column?.name,
  )
  if (collection === undefined || field === undefined) return anything
  return field.name === 'id'
    ? { name, type: 'relation', collectionId: collection.id, maxSelect: 1 }
    : { ...field, id: `_clone_${randomString(4)}`, name }
}

/** A column of a table or view, both in lower case. */
interface SourceColumn {
  readonly table: string
  readonly name: string
}

/** The column of a table that an expression passes through; undefined for anything else. */
export function sourceColumn(
  expression: readonly SqlToken[],
  { commonTables, terms: [term, another] }: SelectStatement,
): SourceColumn | undefined {
  const column = columnReference(expression)
  if (column === undefined || term === undefined || another !== undefined) return undefined
  const source = term.sources.find(
    ({ alias }, position) =>
      alias.toLowerCase() === column.qualifier?.toLowerCase() ||
      (column.qualifier === undefined && position === 0),
  )
  const table = source?.table?.token.value.toLowerCase()
  if (table === undefined) return undefined
  if (commonTables.some((common) => common.name.toLowerCase() === table)) return undefined
  return { table, name: column.name.toLowerCase() }
}

const idOptions = { system: true, required: true, primaryKey: true, pattern: '^[a-z0-9]+$' }

/** The fields for the types of a cast. */
const castTypes = new Map<string, { readonly type: string; readonly onlyInt?: boolean }>([
  ['real', { type: 'number' }],
  ['decimal', { type: 'number' }],
  ['numeric', { type: 'number' }],
  ['int', { type: 'number', onlyInt: true }],
  ['integer', { type: 'number', onlyInt: true }],
  ['text', { type: 'text' }],
  ['bool', { type: 'bool' }],
  ['boolean', { type: 'bool' }],
])

function deriveComputed(
  expression: readonly SqlToken[],
): { readonly type: string; readonly onlyInt?: boolean } | undefined {
  const [first, parenthesis] = expression
  if (!isSymbol(parenthesis, '(')) return undefined
  if (isWord(first, 'count')) return { type: 'number', onlyInt: true }
  if (isWord(first, 'total')) return { type: 'number' }
  return castTypes.get(castTarget(expression) ?? '')
}
