import { type SQL, sql } from 'drizzle-orm'
import { outlineSelect } from '#collections/views/outline-select.ts'
import { columnReference, type SelectTerm } from '#collections/views/select-statement.ts'
import type { Row } from '#database/batch.ts'
import type { SuperuserStatement } from './superuser-statement.ts'

/** Selects the declared types of a database's columns. */
export const columnTypes: SQL = sql`SELECT m."name" AS "table", x."name" AS "column", x."type" AS "type"
  FROM "sqlite_master" m JOIN pragma_table_xinfo(m."name") x
  WHERE m."type" IN ('table', 'view') AND m."name" NOT LIKE '\\_cf\\_%' ESCAPE '\\'
  ORDER BY m."name", x."cid"`

/**
 * The declared type of each result column of a SELECT; empty unless it is a plain column of a
 * table.
 */
export function typesOf(
  { text, tokens, kind }: SuperuserStatement,
  names: readonly string[],
  declared: readonly Row[],
): string[] {
  const [term, ...others] = kind === 'select' ? outlineSelect(text, tokens).terms : []
  if (term === undefined || others.length > 0) return names.map(() => '')
  const { columns } = term
  if (columns.length === 1 && columns[0]?.name === '*') {
    return names.map((name) => typeIn(term, { name, qualifier: undefined }, declared))
  }
  // With `t.*` the columns cannot be matched to names.
  if (columns.length !== names.length) return names.map(() => '')
  return columns.map(({ expression }) => {
    const column = columnReference(expression)
    return column === undefined ? '' : typeIn(term, column, declared)
  })
}

function typeIn(
  { sources }: SelectTerm,
  { name, qualifier }: { readonly name: string; readonly qualifier: string | undefined },
  declared: readonly Row[],
): string {
  const tables = sources
    .filter(({ alias }) => qualifier === undefined || isSame(alias, qualifier))
    .flatMap(({ table }) => table?.token.value ?? [])
  const found = declared.find(
    (row) =>
      isSame(String(row['column']), name) &&
      tables.some((table) => isSame(String(row['table']), table)),
  )
  return String(found?.['type'] ?? '')
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
