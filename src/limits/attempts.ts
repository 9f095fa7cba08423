/*
 * Exact counters: how often something was tried, by whom, in a window that begins with the first
 * try. The statements ride in the batch of the attempt itself; a guard after the count undoes the
 * batch, and with it the count, of an attempt too many.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'

/** Rows removed at once: what the database does within a second or two. */
const removedRows = 20_000

/** The statement that counts an attempt in the window of a key; a key that is NULL counts nothing. */
export function countAttempt(key: string | SQL, windowSeconds: number, now: Date): SQL {
  const seconds = unixSeconds(now)
  return sql`INSERT INTO "_attempts" ("key", "hits", "expires")
    SELECT "k", 1, ${seconds + windowSeconds} FROM (SELECT ${key} AS "k") WHERE "k" IS NOT NULL
    ON CONFLICT ("key") DO UPDATE SET
      "hits" = CASE WHEN "expires" <= ${seconds} THEN 1 ELSE "hits" + 1 END,
      "expires" = CASE WHEN "expires" <= ${seconds} THEN excluded."expires" ELSE "expires" END`
}

/** When the window of a key ends, in Unix seconds, if it counted more attempts than it may; else NULL. */
export function limitExceededUntil(key: string | SQL, maxAttempts: number): SQL {
  return sql`(SELECT "expires" FROM "_attempts" WHERE "key" = ${key} AND "hits" > ${maxAttempts})`
}

/** The statement that forgets windows that are over; counting does without. */
export function removeExpiredAttempts(now: Date): SQL {
  return sql`DELETE FROM "_attempts" WHERE "key" IN (SELECT "key" FROM "_attempts"
    WHERE "expires" <= ${unixSeconds(now)} LIMIT ${removedRows})`
}
