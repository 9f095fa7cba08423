/*
 * The query of a view collection: a SELECT that a superuser writes. It becomes part of the schema
 * and runs with the rights of the database, so it is validated before anything else uses it. Its
 * result columns become the fields of the collection.
 */
import { getTableName, type SQL, sql } from 'drizzle-orm'
import * as systemTables from '#database/schema.ts'
import { outlineSelect } from './outline-select.ts'
import { type ResultColumn, type SelectStatement, tableReferences } from './select-statement.ts'
import {
  isBalanced,
  isSymbol,
  isWord,
  quoteName,
  type SqlToken,
  textOf,
  tokenizeSql,
  withoutOuterSemicolons,
} from '#kernel/sql-tokens.ts'
import {
  deriveField,
  type FieldDraft,
  type ReadableCollection,
  sourceColumn,
} from './view-fields.ts'
import { givesTextId } from './view-id.ts'

/** The view of a query, or the reason why it is invalid. */
export type ViewAnalysis =
  | {
      readonly fields: readonly FieldDraft[]
      /** The names of the tables and views it reads, in lower case. */
      readonly reads: ReadonlySet<string>
    }
  | {
      /** PocketBase's message if it has one, otherwise SQLite's. */
      readonly fault: string
    }

interface ViewQuery {
  readonly text: string
  readonly statement: SelectStatement
  readonly columns: readonly ResultColumn[]
}

const sampleSize = 10

/**
 * Validates a query and derives the fields of its view, whose names may still be invalid. The
 * collections it reads are found by name, ignoring case.
 *
 * A query without an issue here may still fail to run. Only the database can tell, with {@link
 * sampleOfView}.
 */
export function analyseViewQuery(
  query: string,
  findCollection: (name: string) => ReadableCollection | undefined,
): ViewAnalysis {
  const view = parseViewQuery(query)
  if ('fault' in view) return view

  const fault = findColumnFault(view.columns)
  if (fault !== undefined) return { fault }
  return {
    fields: withDistinctNames(view.columns).map((column) =>
      deriveField(column, view.statement, findCollection),
    ),
    reads: readsOf(view.statement),
  }
}

/** The SELECT of the view: the query, with the id cast to text if necessary. */
export function selectOfView(query: string): string {
  const { text, statement, columns } = storedViewQuery(query)
  if (givesTextId(statement)) return text

  const names = columns.map(({ name }) => quoteName(name))
  const selected = names.map((name) => (name === '`id`' ? 'CAST(`id` AS TEXT) AS `id`' : name))
  return `SELECT ${selected.join(', ')} FROM (${text})`
}

/**
 * The statement that runs a query for its first records. D1 has no rollback, so the query runs by
 * itself, without a view.
 */
export function sampleOfView(query: string): SQL {
  const names = storedViewQuery(query).columns.map(({ name }) => quoteName(name))
  // The query went through parseViewQuery: it is one complete SELECT and stays inside the
  // parentheses.
  return sql.raw(`SELECT ${names.join(', ')} FROM (${selectOfView(query)}) LIMIT ${sampleSize}`)
}

/** The error in the ids of sampled rows, if any. */
export function findIdFault(
  rows: readonly Readonly<Record<string, unknown>>[],
): string | undefined {
  const ids = rows.map((row) => row['id'])
  if (ids.some((id) => typeof id !== 'string' || id === '')) {
    return 'the query could return records with empty or invalid ids'
  }
  return new Set(ids).size < ids.length
    ? 'the query could return records with non-unique ids'
    : undefined
}

/** The names of the tables and views that a stored query reads, in lower case. */
export function readsOfView(query: string): ReadonlySet<string> {
  return readsOf(storedViewQuery(query).statement)
}

/**
 * The table and column, in lower case, that a column of a stored query passes through, if it does.
 */
export function sourceOfViewColumn(
  query: string,
  name: string,
): { readonly table: string; readonly name: string } | undefined {
  const { statement, columns } = storedViewQuery(query)
  const column = withDistinctNames(columns).find((candidate) => candidate.name === name)
  return column && sourceColumn(column.expression, statement)
}

/**
 * Updates a query after a table it reads was renamed. Columns stay qualified by the old name, which
 * becomes an alias if the query has none.
 */
export function renameInViewQuery(query: string, from: string, to: string): string {
  const old = from.toLowerCase()
  if (old === to.toLowerCase()) return query
  return tableReferences(storedViewQuery(query).statement)
    .filter(({ token }) => token.value.toLowerCase() === old)
    .toSorted((a, b) => b.token.start - a.token.start)
    .reduce((text, { token: { start, end }, isNameOfColumns }) => {
      const alias = isNameOfColumns ? ` AS ${text.slice(start, end)}` : ''
      return text.slice(0, start) + quoteName(to) + alias + text.slice(end)
    }, query)
}

function readsOf(statement: SelectStatement): ReadonlySet<string> {
  return new Set(tableReferences(statement).map(({ token }) => token.value.toLowerCase()))
}

/** A query that was validated when it was stored. An error now is a defect. */
function storedViewQuery(query: string): ViewQuery {
  const view = parseViewQuery(query)
  if ('fault' in view) throw new Error(`A stored view query is unusable: ${view.fault}`)
  return view
}

function parseViewQuery(query: string): ViewQuery | { readonly fault: string } {
  const tokens = withoutOuterSemicolons(tokenizeSql(query) ?? [])
  const fault = findSafetyFault(tokens)
  if (fault !== undefined) return { fault }

  const statement = outlineSelect(query, tokens)
  const [first] = statement.terms
  if (first === undefined || !statement.terms.every(({ verb }) => readingVerbs.includes(verb))) {
    return { fault: onlySelect }
  }
  if (first.columns.some(({ expression }) => expression.length === 0)) {
    return { fault: incomplete }
  }
  return { text: textOf(query, tokens), statement, columns: first.columns }
}

const incomplete = 'incomplete input'
const onlySelect = 'only SELECT queries are supported'
const readingVerbs = ['select', 'values']

/**
 * The reason why a query must not reach the database. It checks tokens alone and does not depend on
 * the outline: no query can escape its parentheses or name a closed table anywhere.
 */
function findSafetyFault(tokens: readonly SqlToken[]): string | undefined {
  if (tokens.some((token) => isSymbol(token, ';'))) return 'multiple statements are not supported'
  if (tokens.length === 0 || !isBalanced(tokens)) return incomplete
  if (!isWord(tokens[0], 'select', 'with')) return onlySelect
  if (tokens.some(({ kind }) => kind === 'parameter')) return 'parameters are not allowed in views'

  const closed = tokens.find((token, at) => mayNameTable(token, tokens[at - 1]) && isClosed(token))
  if (closed !== undefined) return `access to ${closed.value} is prohibited`
  const unsafe = tokens.find((token, at) => isSymbol(tokens[at + 1], '(') && isUnsafe(token))
  return unsafe && `unsafe use of ${unsafe.value}()`
}

/** SQLite reads a string as a name where only a name is possible. */
function mayNameTable(token: SqlToken, previous: SqlToken | undefined): boolean {
  if (token.kind !== 'string') return token.kind === 'word' || token.kind === 'name'
  return (
    isWord(previous, 'from', 'join', 'in') || [',', '(', '.'].some((at) => isSymbol(previous, at))
  )
}

/**
 * The deployment's own tables. They hold the secrets of tokens, mail and storage, which a view
 * would reveal to its readers.
 */
const closedTables = new Set(
  Object.values(systemTables).map((table) => getTableName(table).toLowerCase()),
)
/** The database's own tables, and the functions that read its state. */
const closedNames = /^(?:_cf_|sqlite_|pragma_|dbstat$)/

function isClosed({ value }: SqlToken): boolean {
  const name = value.toLowerCase()
  return closedTables.has(name) || closedNames.test(name)
}

/** Functions with access outside the database, on hosts that have them. */
const unsafeFunctions = ['load_extension', 'readfile', 'writefile', 'edit', 'fts3_tokenizer']

function isUnsafe({ value }: SqlToken): boolean {
  return unsafeFunctions.includes(value.toLowerCase())
}

function findColumnFault(columns: readonly ResultColumn[]): string | undefined {
  if (columns.some(({ expression }) => isSymbol(expression.at(-1), '*'))) {
    return (
      'wildcard columns (*) are not supported - manually type the collection field names ' +
      'you want the view query to have'
    )
  }
  if (!columns.some(({ name }) => name === 'id')) {
    return (
      'missing required id column ' +
      "(you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)"
    )
  }
  return undefined
}

/** Numbers columns of the same name like the database: `title`, `title:1`. */
function withDistinctNames(columns: readonly ResultColumn[]): ResultColumn[] {
  const seen = new Map<string, number>()
  return columns.map(({ name, expression }) => {
    const count = seen.get(name.toLowerCase()) ?? 0
    seen.set(name.toLowerCase(), count + 1)
    return { name: count === 0 ? name : `${name}:${count}`, expression }
  })
}
