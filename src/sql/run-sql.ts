import { sql } from 'drizzle-orm'
import { after, map, one, type Plan } from '#database/query.ts'
import type { Row } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import { ApiError } from '#kernel/errors.ts'
import type { RawDatabase } from '#platform/bindings.ts'
import { columnTypes, typesOf } from './column-types.ts'
import { sqlErrors } from './errors.ts'
import { platformPrefix, type SuperuserStatement } from './superuser-statement.ts'

/** The result of a statement, with keys in the order of the response. */
export interface SqlResult {
  /** In milliseconds. */
  readonly execTime: number
  readonly affectedRows: number
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly nullable: boolean
  }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Maximum rows of a result. */
const maxRows = 1000

/**
 * Plans a statement that changes something. Returns no rows, even for RETURNING.
 *
 * Database: 2 statements.
 *
 * @throws {ApiError} `failed`
 */
export function planSqlWrite(statement: SuperuserStatement, started: number): Plan<SqlResult> {
  const changes = one(sql`SELECT changes() AS "changes"`, ([row]) => readNumber(row, 'changes'))
  // One statement that a superuser may run, which is the purpose of the route.
  const run = after([sql.raw(statement.text)], changes)
  return {
    ...map(run, (affectedRows) => ({
      execTime: millisecondsSince(started),
      affectedRows,
      columns: [],
      rows: [],
    })),
    explain: (error) => sqlFailure(wordsOf(error, startOf(statement))),
  }
}

/**
 * Plans a statement that reads. It runs by itself after the caller is confirmed, since a batch
 * would merge columns of the same name.
 *
 * Database: 1 statement, and 1 more trip.
 *
 * @throws {ApiError} `failed`
 */
export function planSqlRead(
  db: RawDatabase,
  statement: SuperuserStatement,
  started: number,
): Plan<SqlResult> {
  return one(columnTypes, (declared) => readSql(db, statement, declared, started))
}

/** The error for rejected SQL, with the database's message. */
export function sqlFailure(fault: string): ApiError {
  return new ApiError(sqlErrors.failed, { message: sqlErrors.failed.message + fault })
}

async function readSql(
  db: RawDatabase,
  statement: SuperuserStatement,
  declared: readonly Row[],
  started: number,
): Promise<SqlResult> {
  const isSelect = statement.kind === 'select'
  const before = isSelect ? 'SELECT * FROM (' : ''
  const text = isSelect ? `${before}${statement.text}) LIMIT ${maxRows}` : statement.text
  const [header = [], ...found] = await db
    .prepare(text)
    .raw({ columnNames: true })
    .catch((error: unknown) => {
      const shift = startOf(statement) - before.length
      throw error instanceof ApiError ? error : sqlFailure(wordsOf(error, shift))
    })
  const names = withoutCounts(header.map(String))
  const types = typesOf(statement, names, declared)
  return {
    execTime: millisecondsSince(started),
    affectedRows: 0,
    columns: names.map((name, i) => ({ name, type: types[i] ?? '', nullable: true })),
    rows: found
      .filter((row) => !statement.readsCatalogue || !row.some(isOfPlatform))
      .slice(0, maxRows)
      .map((row) => row.map(asText)),
  }
}

/** SQLite appends `:1`, `:2` to equal column names of a subquery. */
function withoutCounts(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const base = name.replace(/:\d+$/, '')
    return names.slice(0, i).includes(base) ? base : name
  })
}

/** The schema table also lists the platform's tables. */
function isOfPlatform(value: unknown): boolean {
  return typeof value === 'string' && value.toLowerCase().includes(platformPrefix)
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  // D1 returns BLOBs as lists of bytes.
  if (Array.isArray(value)) return new TextDecoder().decode(new Uint8Array(value as number[]))
  return String(value)
}

/** The database's message. Its offset is moved to where the client wrote what it points at. */
function wordsOf(error: unknown, shift: number): string {
  const message = error instanceof Error ? error.message : 'unknown'
  return message
    .replace(/^D1_ERROR: /, '')
    .replace(/(?<= at offset )\d+/, (offset) => String(Number(offset) + shift))
}

function startOf({ tokens }: SuperuserStatement): number {
  return tokens[0]?.start ?? 0
}

function millisecondsSince(started: number): number {
  return Math.round(performance.now() - started)
}
