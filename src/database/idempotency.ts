/*
 * The keys of writes that clients may repeat. The row of a key is written in the batch of its write,
 * so that it exists exactly if the write happened. A second write with the key fails on the row.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'
import { abortUnless, type BatchFailure } from './abort.ts'
import { idempotencyTable } from './schema.ts'

/** A key of a caller, and the request it stands for, both as digests. */
export interface IdempotencyEntry {
  readonly key: string
  readonly fingerprint: string
}

/** A record of an answer: the ids of its collection and of itself. */
export type IdempotencyTarget = readonly [collectionId: string, recordId: string]

/** The time for which a key is kept. */
const lifetimeSeconds = 24 * 60 * 60

/** Rows removed at once. */
const removedRows = 20_000

const usedMessage = 'arete:idempotency-key-used'

/** Aborts the batch if the key was used. */
export function keyIsUnused({ key }: IdempotencyEntry): SQL {
  const isUsed = sql`EXISTS (SELECT 1 FROM ${idempotencyTable} WHERE "key" = ${key})`
  return abortUnless(sql`NOT ${isUsed}`, usedMessage)
}

/** Stores the key of a write. The batch fails if it was used. */
export function useKey(
  { key, fingerprint }: IdempotencyEntry,
  targets: readonly IdempotencyTarget[],
  status: number,
  now: Date,
): SQL {
  return sql`INSERT INTO ${idempotencyTable} ("key", "fingerprint", "targets", "status", "expires")
    VALUES (${key}, ${fingerprint}, ${JSON.stringify(targets)}, ${status}, ${unixSeconds(now) + lifetimeSeconds})`
}

/** True if a batch failed because its key was used. */
export function isKeyUsed(failure: BatchFailure): boolean {
  return failure.kind === 'aborted'
    ? failure.message === usedMessage
    : failure.kind === 'notUnique' && failure.table === '_idempotency'
}

/** Selects the row of a key. */
export function selectKey({ key }: IdempotencyEntry): SQL {
  return sql`SELECT "fingerprint", "targets", "status" FROM ${idempotencyTable} WHERE "key" = ${key}`
}

/** The id of one of a write's records, as an expression; NULL if it is of another collection. */
export function targetId(
  { key, fingerprint }: IdempotencyEntry,
  at: number,
  collectionId: string,
): SQL {
  return sql`(SELECT "targets" ->> ${`$[${at}][1]`} FROM ${idempotencyTable}
    WHERE "key" = ${key} AND "fingerprint" = ${fingerprint}
    AND "targets" ->> ${`$[${at}][0]`} = ${collectionId})`
}

/** The statement that deletes keys after their time. */
export function removeExpiredKeys(now: Date): SQL {
  return sql`DELETE FROM ${idempotencyTable} WHERE "key" IN (SELECT "key" FROM ${idempotencyTable}
    WHERE "expires" <= ${unixSeconds(now)} LIMIT ${removedRows})`
}
