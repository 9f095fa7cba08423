import { type SQL, sql } from 'drizzle-orm'
import { findNumber } from '#database/read-number.ts'
import { logsTable } from '#database/schema.ts'
import { RenderedStatement } from '#database/statement.ts'
import { formatDate } from '#kernel/dates.ts'
import type { Row } from '#database/batch.ts'
import type { LogEntry } from './log-entry.ts'

/** The table of log entries. */
export const logsTableName = '_logs'

/** The columns that filters and sorts can use. */
export const logColumns = ['id', 'created', 'level', 'message', 'data']

/** Entries per statement, with five values each: D1 binds up to 100. */
const insertedRows = 20

/** Rows removed at once, which takes the database a second or two. */
const removedRows = 20_000

const dayMilliseconds = 24 * 60 * 60 * 1000

/** The statements that store entries, in order. Of entries with the same id, the first is kept. */
export function insertLogs(entries: readonly LogEntry[]): SQL[] {
  const groups = Array.from({ length: Math.ceil(entries.length / insertedRows) }, (_, i) =>
    entries.slice(i * insertedRows, (i + 1) * insertedRows),
  )
  return groups.map(insertion)
}

/** Its text depends on the number of rows alone, so it is written as text: nearly every request has an entry. */
function insertion(entries: readonly LogEntry[]): SQL {
  const rows = entries.map(() => '(?, ?, ?, ?, ?)').join(', ')
  return new RenderedStatement(
    `INSERT INTO "${logsTableName}" ("id", "level", "message", "data", "created") VALUES ${rows} ON CONFLICT ("id") DO NOTHING`,
    entries.flatMap(({ id, level, message, data, created }) => [
      id,
      level,
      message,
      JSON.stringify(data),
      created,
    ]),
  )
}

/** Removes entries older than `maxDays`, some thousands at a time, and returns them. */
export function removeOldLogs(maxDays: number, now: Date): SQL {
  const oldest = formatDate(new Date(Math.max(0, now.getTime() - maxDays * dayMilliseconds)))
  return sql`DELETE FROM ${logsTable} WHERE "id" IN (SELECT "id" FROM ${logsTable}
    WHERE "created" < ${oldest} LIMIT ${removedRows}) RETURNING "id"`
}

/** Converts a row to an entry. */
export function toLogEntry(row: Row): LogEntry {
  return {
    id: String(row['id']),
    created: String(row['created']),
    // Written by insertLogs, and so an object.
    data: JSON.parse(String(row['data'])) as LogEntry['data'],
    message: String(row['message']),
    level: findNumber(row, 'level') ?? 0,
  }
}
