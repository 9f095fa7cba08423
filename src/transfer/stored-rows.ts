/*
 * Lossless transfer of rows to and from D1. D1 returns integers past 2^53 rounded, infinities as
 * NULL and invalid UTF-8 as U+FFFD, binds every number as a real, and limits statements to 100
 * parameters and values to 2 MB.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { Row } from '#database/batch.ts'
import { sumOf } from '#database/long-expressions.ts'
import { integer } from '#database/integer.ts'
import { compileField } from '#fields/registry.ts'
import { byteLength } from '#kernel/text.ts'
import type { RowWithId } from './source.ts'
import {
  bytesOf,
  encodeValue,
  isBytes,
  isDoubtful,
  sizeOf,
  storedBlob,
  storedInteger,
  storedText,
  type StoredValue,
} from './stored-value.ts'

/** D1's maximum size of a row, which the local runtime does not enforce. */
const maxRowBytes = 2_000_000

/** Maximum JSON bytes of the rows in a statement, except for a single larger row. */
const maxPageBytes = 500_000

/** True if a row exceeds D1's maximum size. */
export function isTooLargeToStore({ values }: RowWithId): boolean {
  return Object.values(values).reduce<number>((sum, v) => sum + sizeOf(v), 0) > maxRowBytes
}

/** The statements that insert rows with their row ids. All rows have the same columns. */
export function insertRows(table: string, rows: readonly RowWithId[]): SQL[] {
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
    if (bytes > maxPageBytes || Object.values(row.values).some(isBytes)) {
      // Rows are inserted in order, because an interrupted load resumes after the last one.
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

/** Encodes a row as JSON. Equal strings mean equal values. */
export function encodedRow({ rowId, values }: RowWithId, columns: readonly string[]): string {
  return `[${[rowId, ...columns.map((column) => values[column] ?? null)].map(encodeValue).join()}]`
}

function insertPage(table: string, rows: readonly string[], columns: readonly string[]): SQL {
  // A constant text per column: the positions are ours.
  const values = columns.map((_, at) => sql.raw(`value ->> '$[${at + 1}]'`))
  return sql`INSERT INTO ${sql.identifier(table)} (${names(['_rowid_', ...columns])})
    SELECT ${sql.join([sql.raw("value ->> '$[0]'"), ...values], sql`, `)}
    FROM json_each(${`[${rows.join()}]`})`
}

function insertOne(table: string, { rowId, values }: RowWithId, columns: readonly string[]): SQL {
  const parameters = columns.map((column) => boundValue(values[column] ?? null))
  return sql`INSERT INTO ${sql.identifier(table)} (${names(['_rowid_', ...columns])})
    VALUES (${sql.join([integer(rowId), ...parameters], sql`, `)})`
}

/** Binds a value as a parameter of its own. The column converts the digits of a number back. */
function boundValue(value: StoredValue): SQL {
  if (typeof value === 'bigint') return sql`${String(value)}`
  if (typeof value === 'number' && !Number.isFinite(value)) return sql.raw(encodeValue(value))
  if (!isBytes(value)) return sql`${value}`
  return 'blob' in value ? sql`${bytesOf(value)}` : sql`CAST(${bytesOf(value)} AS TEXT)`
}

function names(columns: readonly string[]): SQL {
  return sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  )
}

/** Runs statements as one transaction and returns the rows of each. */
type Send = (statements: readonly SQL[]) => Promise<readonly (readonly Row[])[]>

/** Reading stops after the row that exceeds this many bytes. */
const maxAnswerBytes = 1_000_000

/**
 * Reads rows of a collection, or of a table with its columns, after a row id: at most `limit`,
 * fewer if they are large. The read is consistent.
 *
 * Database: 1 batch; 2 if a string contains U+FFFD, as only its bytes show if it is valid UTF-8.
 */
export async function readRows(
  send: Send,
  definition: CollectionDefinition,
  table: string,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): Promise<RowWithId[]> {
  const columns = definition.fields.map(compileField).map(({ name }) => name)
  const doubtful = new Map<string, Set<string>>()
  for (;;) {
    const asked = [...doubtful]
    const [rows = [], ...contents] = await send([
      selectRows(columns, table, after, limit),
      ...asked.map(([column, rowIds]) => selectBytes(table, column, [...rowIds])),
    ])
    const bytes = new Map(
      asked.map(([column], at) => [
        column,
        new Map((contents[at] ?? []).map((row) => [String(row['rowId']), listOf(row['bytes'])])),
      ]),
    )
    let isCertain = true
    const decoded = rows.map((row) => {
      const rowId = String(row['rowId'])
      const values = columns.map((column, at): [string, StoredValue] => {
        const value = decodeAnswer(row[`c${at}`])
        if (typeof value !== 'string' || !isDoubtful(value)) return [column, value]
        const content = bytes.get(column)?.get(rowId)
        if (content !== undefined) return [column, storedText(content)]
        isCertain = false
        doubtful.set(column, (doubtful.get(column) ?? new Set()).add(rowId))
        return [column, value]
      })
      return { rowId: BigInt(rowId), values: Object.fromEntries(values) }
    })
    if (isCertain) return decoded
  }
}

/** Selects rows with a type letter before each value; BLOBs and NULLs have none. */
function selectRows(columns: readonly string[], table: string, after: bigint, limit: number): SQL {
  const aliases = columns.map((_, at) => sql.identifier(`c${at}`))
  const named = columns.map((name, at) => sql`${sql.identifier(name)} AS ${aliases[at]}`)
  const typed = aliases.map(
    (alias) => sql`CASE typeof(${alias}) WHEN 'text' THEN 't' || ${alias}
      WHEN 'integer' THEN 'i' || ${alias} WHEN 'real' THEN 'r' || quote(${alias})
      ELSE ${alias} END AS ${alias}`,
  )
  const bytes = sumOf(aliases.map((alias) => sql`ifnull(octet_length(${alias}), 0)`))
  return sql`SELECT CAST("rowId" AS TEXT) AS "rowId", ${sql.join(typed, sql`, `)} FROM (
      SELECT *, sum(${bytes}) OVER (ORDER BY "rowId" ROWS UNBOUNDED PRECEDING) - ${bytes} AS "before"
      FROM (
        SELECT "_rowid_" AS "rowId", ${sql.join(named, sql`, `)} FROM ${sql.identifier(table)}
        WHERE "_rowid_" > ${integer(after)}
        ORDER BY "_rowid_" LIMIT ${integer(limit)}
      )
    ) WHERE "before" <= ${maxAnswerBytes}`
}

function selectBytes(table: string, column: string, rowIds: readonly string[]): SQL {
  return sql`SELECT CAST("_rowid_" AS TEXT) AS "rowId", CAST(${sql.identifier(column)} AS BLOB) AS "bytes"
    FROM ${sql.identifier(table)}
    WHERE "_rowid_" IN (SELECT value FROM json_each(${`[${rowIds.join()}]`}))`
}

/** Decodes a value of {@link selectRows}. */
function decodeAnswer(value: unknown): StoredValue {
  if (typeof value !== 'string') return value === null ? null : storedBlob(listOf(value))
  const content = value.slice(1)
  if (value.startsWith('t')) return content
  return value.startsWith('i') ? storedInteger(BigInt(content)) : Number(content)
}

/** Bytes, which D1 returns as a list of numbers. */
function listOf(value: unknown): Uint8Array {
  return Uint8Array.from(value as Iterable<number>)
}
