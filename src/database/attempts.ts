/*
 * Exact counters: how often something was tried, by whom, in a window that begins with the first
 * try. The statements ride in the batch of the attempt itself.
 */
import { type SQL, sql } from 'drizzle-orm'

/** The statement that counts an attempt and gives the `hits` of its window and when it `expires`, in Unix seconds. */
export function countAttempt(key: string, windowSeconds: number, now: Date): SQL {
  return sql`INSERT INTO "_attempts" ("key", "hits", "expires")
    VALUES (${key}, 1, ${unixSeconds(now) + windowSeconds})
    ON CONFLICT ("key") DO UPDATE SET "hits" = "hits" + 1
    RETURNING "hits", "expires"`
}

/** The statement that forgets the windows that are over; comes before the count of an attempt. */
export function removeExpiredAttempts(now: Date): SQL {
  return sql`DELETE FROM "_attempts" WHERE "expires" <= ${unixSeconds(now)}`
}

function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
