/*
 * Guards: conditions inside a batch that undo all of it. D1 has no interactive transactions, so a
 * guard inserts into the view `_abort`, whose trigger raises the inserted text as an error.
 */
import { type SQL, sql } from 'drizzle-orm'

/** Aborts the batch with the text that `message` evaluates to, unless it is NULL or empty. */
export function abortWith(message: SQL): SQL {
  return sql`INSERT INTO "_abort" ("message") SELECT "m" FROM (SELECT ${message} AS "m") WHERE "m" <> ''`
}

/** Aborts the batch with a text if the condition is not true; NULL is not true. */
export function abortUnless(condition: SQL, message: string | SQL): SQL {
  return abortWith(sql`CASE WHEN ${condition} THEN NULL ELSE ${message} END`)
}

/** The failure of a batch that one of its statements caused on purpose. */
export type BatchFailure =
  | { readonly kind: 'aborted'; readonly message: string }
  /** Columns of one table, without its name. */
  | { readonly kind: 'notUnique'; readonly table: string; readonly columns: readonly string[] }
  /** An index on expressions is named instead of its columns. */
  | { readonly kind: 'notUniqueIndex'; readonly index: string }

const constraint =
  /^(?:D1_ERROR: )?([\s\S]*?): SQLITE_CONSTRAINT(?: \(extended: (SQLITE_CONSTRAINT_\w+)\))?$/
const uniqueColumns = /^UNIQUE constraint failed: (.+)$/
const uniqueIndex = /^UNIQUE constraint failed: index '(.+)'$/

/** Parses an expected failure of a batch; undefined for a defect. */
export function batchFailure(error: unknown): BatchFailure | undefined {
  const [, message, extended] = constraint.exec(error instanceof Error ? error.message : '') ?? []
  if (message === undefined) return undefined
  if (extended === 'SQLITE_CONSTRAINT_TRIGGER') return { kind: 'aborted', message }

  const index = uniqueIndex.exec(message)?.[1]
  if (index !== undefined) return { kind: 'notUniqueIndex', index }

  const columns = uniqueColumns.exec(message)?.[1]?.split(', ')
  if (columns === undefined) return undefined
  return {
    kind: 'notUnique',
    table: columns[0]?.slice(0, columns[0].lastIndexOf('.')) ?? '',
    columns: columns.map((column) => column.slice(column.lastIndexOf('.') + 1)),
  }
}

/** True if the database rejected the batch, so that it certainly changed nothing. */
export function isUndone(error: unknown): boolean {
  return error instanceof Error && /\bSQLITE_[A-Z]+\b/.test(error.message)
}

/** True if a batch failed because a row, value or statement is too large for the database. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /\bSQLITE_TOOBIG\b/.test(error.message)
}
