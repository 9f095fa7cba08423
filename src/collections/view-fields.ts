/*
 * The fields of a view, told from the text of its query: D1 says nothing of the type of a result
 * column, and a column of a collection brings more than a type.
 */
import type { FieldDefinition } from '#fields/field-type.ts'
import { randomString } from '#kernel/random.ts'
import {
  castTarget,
  columnReference,
  type ResultColumn,
  type SelectStatement,
} from './select-statement.ts'
import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts'

/** A field as a client would submit it: what is left out gets the default of its type. */
export interface FieldDraft {
  readonly name: string
  readonly type: string
  readonly [option: string]: unknown
}

/** What a view may read from: a collection's id and fields. */
export interface ReadableCollection {
  readonly id: string
  readonly fields: readonly FieldDefinition[]
}

/**
 * The field of a column: by what it is cast or counted to, else by the field of the collection it
 * is read from. What cannot be told, as in a compound, is JSON, which shows any value as it is.
 */
export function deriveField(
  { name, expression }: ResultColumn,
  { commonTables, terms }: SelectStatement,
  findCollection: (name: string) => ReadableCollection | undefined,
): FieldDraft {
  if (name === 'id') return { name, type: 'text', ...idOptions }
  const anything = { name, type: 'json', maxSize: 1 }
  const [term, another] = terms
  // The other terms of a compound may put values of any kind into the column.
  if (term === undefined || another !== undefined) return anything

  const computed = deriveComputed(expression)
  if (computed !== undefined) return { name, ...computed }

  const column = columnReference(expression)
  const source = term.sources.find(
    ({ alias }, position) =>
      alias.toLowerCase() === column?.qualifier?.toLowerCase() ||
      (column?.qualifier === undefined && position === 0),
  )
  const table = source?.table?.token.value.toLowerCase()
  if (column === undefined || table === undefined) return anything
  if (commonTables.some((common) => common.name.toLowerCase() === table)) return anything

  const collection = findCollection(table)
  const field = collection?.fields.find(
    (candidate) => candidate.name.toLowerCase() === column.name.toLowerCase(),
  )
  if (collection === undefined || field === undefined) return anything
  return field.name === 'id'
    ? { name, type: 'relation', collectionId: collection.id, maxSelect: 1 }
    : { ...field, id: `_clone_${randomString(4)}`, name }
}

const idOptions = { system: true, required: true, primaryKey: true, pattern: '^[a-z0-9]+$' }

/** The fields that hold what an expression is cast to. */
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
