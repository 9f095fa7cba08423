/*
 * Exact counters of attempts, in a window that begins with the first one. The statements are part
 * of the attempt's own batch; a guard after the count undoes the batch, including the count, if
 * there were too many.
 */
import { type SQL, sql } from 'drizzle-orm'
import { attemptsTable } from '#database/schema.ts'
import { clockSlackSeconds } from '#kernel/clock-slack.ts'
import { unixSeconds } from '#kernel/dates.ts'

/** Rows removed at once, which takes the database a second or two. */
const removedRows = 20_000

/** The statement that counts an attempt in the window of a key. A NULL key counts nothing. */
export function countAttempt(key: string | SQL, windowSeconds: number, now: Date): SQL {
  const seconds = unixSeconds(now)
  const latest = seconds + windowSeconds + clockSlackSeconds
  const isOver = sql`("expires" <= ${seconds} OR "expires" > ${latest})`
  return sql`INSERT INTO ${attemptsTable} ("key", "hits", "expires")
    SELECT "k", 1, ${seconds + windowSeconds} FROM (SELECT ${key} AS "k") WHERE "k" IS NOT NULL
    ON CONFLICT ("key") DO UPDATE SET
      "hits" = CASE WHEN ${isOver} THEN 1 ELSE "hits" + 1 END,
      "expires" = CASE WHEN ${isOver} THEN excluded."expires" ELSE "expires" END`
}

/** The end of a key's window, in Unix seconds, if it exceeds its limit; else NULL. */
export function limitExceededUntil(key: string | SQL, maxAttempts: number): SQL {
  return sql`(SELECT "expires" FROM ${attemptsTable} WHERE "key" = ${key} AND "hits" > ${maxAttempts})`
}

/** The statement that deletes windows that have ended, which counting does not need. */
export function removeExpiredAttempts(now: Date): SQL {
  return sql`DELETE FROM ${attemptsTable} WHERE "key" IN (SELECT "key" FROM ${attemptsTable}
    WHERE "expires" <= ${unixSeconds(now)} LIMIT ${removedRows})`
}
