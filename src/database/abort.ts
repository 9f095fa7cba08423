/*
 * Guards: conditions inside a batch that undo all of it. D1 has no interactive transactions; a
 * guard inserts into the view `_abort`, whose trigger raises the inserted text as the error.
 */
import { type SQL, sql } from 'drizzle-orm'

/** Aborts the batch with the text `message` evaluates to, unless that is NULL or empty. */
export function abortWith(message: SQL): SQL {
  return sql`INSERT INTO "_abort" ("message") SELECT "m" FROM (SELECT ${message} AS "m") WHERE "m" <> ''`
}

/** Aborts the batch with a fixed text when the condition is not true; NULL is not true. */
export function abortUnless(condition: SQL, message: string): SQL {
  return abortWith(sql`CASE WHEN ${condition} THEN NULL ELSE ${message} END`)
}

/** Why a batch was undone, as far as its own statements foresaw it. */
export type BatchFailure =
  | { readonly kind: 'aborted'; readonly message: string }
  /** Columns of one table, without its name. */
  | { readonly kind: 'notUnique'; readonly table: string; readonly columns: readonly string[] }
  /** An index over expressions is named instead of its columns. */
  | { readonly kind: 'notUniqueIndex'; readonly index: string }

const constraint =
  /^(?:D1_ERROR: )?([\s\S]*?): SQLITE_CONSTRAINT(?: \(extended: (SQLITE_CONSTRAINT_\w+)\))?$/
const uniqueColumns = /^UNIQUE constraint failed: (.+)$/
const uniqueIndex = /^UNIQUE constraint failed: index '(.+)'$/

/** Tells a foreseen failure of a batch from a defect; undefined is a defect. */
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

/** True when a failed batch certainly left nothing behind: the database itself refused it. */
export function isUndone(error: unknown): boolean {
  return error instanceof Error && /\bSQLITE_[A-Z]+\b/.test(error.message)
}

/** True when a batch failed because a row, value or statement is too large for the database. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /\bSQLITE_TOOBIG\b/.test(error.message)
}
