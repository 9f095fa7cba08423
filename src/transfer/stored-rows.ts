/*
 * Rows as they travel to and from D1 without losing anything: D1 answers integers past 2^53 rounded,
 * binds every number as a real, and takes 100 parameters and values of 2 MB.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#collections/definition.ts'
import type { Row } from '#database/batch.ts'
import { sumOf } from '#database/sum-of.ts'
import type { Field } from '#fields/field-type.ts'
import { compileField } from '#fields/registry.ts'
import { byteLength } from '#kernel/text.ts'
import type { PlacedRow, StoredValue } from './source.ts'

/** What D1 takes as one row. It is not held to this on one's own machine. */
const maxRowBytes = 2_000_000

/** Rows of one statement have so much JSON together, save for a single row that is larger. */
const maxPageBytes = 500_000

/** Whether a row is larger than D1 takes. */
export function isTooLargeToStore({ values }: PlacedRow): boolean {
  const sizes = Object.values(values).map((value) => byteLength(String(value ?? '')))
  return sizes.reduce((sum, size) => sum + size, 0) > maxRowBytes
}

/** The statements that insert rows at their places. The rows have the same columns. */
export function insertRows(table: string, rows: readonly PlacedRow[]): SQL[] {
  const columns = Object.keys(rows[0]?.values ?? {})
  const statements: SQL[] = []
  let page: string[] = []
  let pageBytes = 0
  const endPage = (): void => {
    if (page.length > 0) statements.push(insertPage(table, page, columns))
    page = []
    pageBytes = 0
  }

  for (const row of rows) {
    const text = encodedRow(row, columns)
    const bytes = byteLength(text)
    if (bytes > maxPageBytes) {
      // Rows are inserted in order: one that is interrupted goes on behind the last there is.
      endPage()
      statements.push(insertOne(table, row, columns))
      continue
    }
    if (pageBytes + bytes > maxPageBytes) endPage()
    page.push(text)
    pageBytes += bytes
  }
  endPage()
  return statements
}

/** A row as JSON text, which is the same for the same values and no others. */
export function encodedRow({ place, values }: PlacedRow, columns: readonly string[]): string {
  return `[${[place, ...columns.map((column) => values[column] ?? null)].map(encoded).join()}]`
}

function encoded(value: StoredValue): string {
  if (typeof value === 'bigint') return String(value)
  // Written without an exponent, a large real would be read as another integer.
  const isLargeReal = typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
  return isLargeReal ? value.toExponential() : JSON.stringify(value)
}

function insertPage(table: string, rows: readonly string[], columns: readonly string[]): SQL {
  // A constant text per column: the positions are ours.
  const values = columns.map((_, at) => sql.raw(`value ->> '$[${at + 1}]'`))
  return sql`INSERT INTO ${sql.identifier(table)} (${names(['_rowid_', ...columns])})
    SELECT ${sql.join([sql.raw("value ->> '$[0]'"), ...values], sql`, `)}
    FROM json_each(${`[${rows.join()}]`})`
}

/** Each value is a parameter of its own: of numbers, the column makes what they were. */
function insertOne(table: string, { place, values }: PlacedRow, columns: readonly string[]): SQL {
  const parameters = columns.map((column) => {
    const value = values[column] ?? null
    return sql`${typeof value === 'bigint' ? String(value) : value}`
  })
  return sql`INSERT INTO ${sql.identifier(table)} (${names(['_rowid_', ...columns])})
    VALUES (${sql.join([sql`CAST(${String(place)} AS INTEGER)`, ...parameters], sql`, `)})`
}

function names(columns: readonly string[]): SQL {
  return sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  )
}

/** The name under which a row's place is answered; no field has it. */
const placeColumn = ':place'

/** Rows are read up to so many bytes, and one more. */
const maxAnswerBytes = 1_000_000

/**
 * The statement that reads rows of a collection, or of a table with its columns, behind a place: at
 * most so many, and fewer when they are large.
 */
export function selectRows(
  definition: CollectionDefinition,
  table: string,
  after: bigint,
  limit: number,
): SQL {
  const fields = definition.fields.map(compileField)
  const columns = fields.map((field) => {
    const column = sql.identifier(field.name)
    // Written as a literal, an integer arrives as it is.
    return isQuoted(field) ? sql`quote(${column}) AS ${column}` : column
  })
  const bytes = sumOf(
    fields.map(({ name }) => sql`ifnull(octet_length(${sql.identifier(name)}), 0)`),
  )
  return sql`SELECT ${sql.identifier(placeColumn)}, ${names(fields.map(({ name }) => name))} FROM (
      SELECT CAST("_rowid_" AS TEXT) AS ${sql.identifier(placeColumn)}, ${sql.join(columns, sql`, `)},
        sum(${bytes}) OVER (ORDER BY "_rowid_" ROWS UNBOUNDED PRECEDING) - ${bytes} AS ":before"
      FROM ${sql.identifier(table)} WHERE "_rowid_" > CAST(${String(after)} AS INTEGER)
      ORDER BY "_rowid_" LIMIT CAST(${limit} AS INTEGER)
    ) WHERE ":before" <= ${maxAnswerBytes}`
}

function isQuoted({ isNumber, jsonAccess }: Field): boolean {
  return isNumber || jsonAccess === 'document'
}

/** What {@link selectRows} answered. */
export function decodeRows(definition: CollectionDefinition, rows: readonly Row[]): PlacedRow[] {
  const quoted = new Set(
    definition.fields
      .map(compileField)
      .filter(isQuoted)
      .map(({ name }) => name),
  )
  return rows.map(({ [placeColumn]: place, ...values }) => ({
    place: BigInt(String(place)),
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        quoted.has(name) ? unquoted(String(value)) : (value as StoredValue),
      ]),
    ),
  }))
}

/** An integer as a stored value has it. */
export function storedInteger(integer: bigint): number | bigint {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : integer
}

/** The value of an SQL literal: a text, a number or NULL. */
function unquoted(literal: string): StoredValue {
  if (literal === 'NULL') return null
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'")
  if (!/^-?\d+$/.test(literal)) return Number(literal)
  return storedInteger(BigInt(literal))
}
