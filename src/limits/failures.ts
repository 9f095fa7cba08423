/*
 * Recent failures, with growing delays. Each key has a bucket: an attempt adds one before its outcome
 * is known, success takes it out again, and one leaks out every 15 minutes. While the bucket is not
 * full, nothing happens. Once it is full, each attempt is followed by a delay that blocks the next
 * one, twice as long each time, up to 15 minutes. A blocked attempt is not counted, so a client cannot
 * extend a delay by trying again.
 */
import { type SQL, sql } from 'drizzle-orm'
import { integer } from '#database/integer.ts'
import { failuresTable, trustedNetworksTable } from '#database/schema.ts'
import { clockSlackSeconds } from '#kernel/clock-slack.ts'
import { unixSeconds } from '#kernel/dates.ts'

/** A bucket, and its number of failures without delay. */
export interface FailureBucket {
  readonly key: string | SQL
  readonly capacity: number
}

/** The time after which one failure leaks out. */
const leakSeconds = 900

/** The longest delay. */
const maxDelaySeconds = 900

/** More failures beyond its capacity than a bucket can have: ten lead to the longest delay. */
const maxOverflow = 40

/** The time an account trusts a network after a sign-in. */
const trustSeconds = 30 * 24 * 60 * 60

/** Rows removed at once, which takes the database a second or two. */
const removedRows = 20_000

/** The time, in Unix seconds, until which a bucket blocks attempts; NULL if it does not. */
export function blockedUntil({ key }: FailureBucket, now: Date): SQL {
  const seconds = unixSeconds(now)
  return sql`(SELECT "retry" FROM ${failuresTable} WHERE "key" = ${key} AND "retry" > ${seconds}
    AND "retry" <= ${seconds + maxDelaySeconds + clockSlackSeconds})`
}

/** The statement that adds a failure to a bucket; `counts` is evaluated when it runs. */
export function addFailure({ key, capacity }: FailureBucket, now: Date, counts: SQL): SQL {
  const seconds = integer(unixSeconds(now))
  const leak = integer(leakSeconds)
  // Delays keep a bucket from growing as full as one that a clock far ahead has filled.
  const fullest = integer(unixSeconds(now) + (capacity + maxOverflow) * leakSeconds)
  const emptied = sql`CASE WHEN "forgotten" > ${fullest} THEN ${seconds} ELSE "forgotten" END`
  const forgotten = sql`max(${emptied}, ${seconds}) + ${leak}`
  const level = sql`(${forgotten} - ${seconds} + ${leak} - 1) / ${leak}`
  return sql`INSERT INTO ${failuresTable} ("key", "forgotten", "retry")
    SELECT ${key}, ${seconds} + ${leak}, ${seconds} + ${integer(delaySeconds(1, capacity))} WHERE ${counts}
    ON CONFLICT ("key") DO UPDATE SET
      "forgotten" = ${forgotten},
      "retry" = ${seconds} + CASE WHEN ${level} < ${integer(capacity)} THEN 0
        ELSE min(1 << min(${level} - ${integer(capacity)}, 30), ${integer(maxDelaySeconds)}) END`
}

/** The statement that takes one failure out of a bucket. A delay it has started continues. */
export function takeBackFailure({ key }: FailureBucket, counted: SQL): SQL {
  return sql`UPDATE ${failuresTable} SET "forgotten" = "forgotten" - ${leakSeconds}
    WHERE "key" = ${key} AND ${counted}`
}

/** The statement that empties a bucket. */
export function emptyBucket({ key }: FailureBucket): SQL {
  return sql`DELETE FROM ${failuresTable} WHERE "key" = ${key}`
}

/** The statement that deletes empty buckets, which counting does not need. */
export function deleteEmptyBuckets(now: Date): SQL {
  return sql`DELETE FROM ${failuresTable} WHERE "key" IN (SELECT "key" FROM ${failuresTable}
    WHERE "forgotten" <= ${unixSeconds(now)} LIMIT ${removedRows})`
}

/** True if an account trusts a network. */
export function isTrusted(key: string, now: Date): SQL {
  return sql`EXISTS (SELECT 1 FROM ${trustedNetworksTable}
    WHERE "key" = ${key} AND "expires" > ${unixSeconds(now)})`
}

/** The statement that makes an account trust a network under several keys. */
export function trustNetworks(keys: readonly string[], now: Date): SQL {
  return sql`INSERT INTO ${trustedNetworksTable} ("key", "expires")
    SELECT value, ${unixSeconds(now) + trustSeconds} FROM json_each(${JSON.stringify(keys)})
    WHERE TRUE ON CONFLICT ("key") DO UPDATE SET "expires" = excluded."expires"`
}

/** Deletes networks that have not been used for a long time. */
export function deleteUnusedNetworks(now: Date): SQL {
  return sql`DELETE FROM ${trustedNetworksTable} WHERE "key" IN (SELECT "key" FROM ${trustedNetworksTable}
    WHERE "expires" <= ${unixSeconds(now)} LIMIT ${removedRows})`
}

/** The delay after the failure that fills a bucket to a level. */
function delaySeconds(level: number, capacity: number): number {
  return level < capacity ? 0 : Math.min(2 ** (level - capacity), maxDelaySeconds)
}
