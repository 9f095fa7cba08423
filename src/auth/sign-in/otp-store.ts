/*
 * The rows of one-time codes. Besides the code's own row in `_otps`, each request has a row in
 * `_otp_requests`, even for an unknown address. Limits count requests, so they do not reveal which
 * addresses have an account.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { otpRequestsTable } from '#database/schema.ts'
import { countAttempt, limitExceededUntil } from '#limits/attempts.ts'
import type { Row } from '#database/batch.ts'
import { after, one, type Query } from '#database/query.ts'
import { formatDate, unixSeconds } from '#kernel/dates.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** A request for a code. */
export interface CodeRequest {
  /** The id of the code, if there will be one. */
  readonly id: string
  /** A keyed hash of the address. */
  readonly address: string
  readonly expiresAt: Date
}

/** Maximum valid codes per address. */
const maxCodes = 10

/**
 * Stores a request, unless there are too many, and reads the id for the response: the request's
 * own, or the latest one's.
 */
export function noteRequest({ id, address, expiresAt }: CodeRequest, now: Date): Query<string> {
  const recent = sql`FROM ${otpRequestsTable} WHERE "address" = ${address} AND "expires" > ${now.getTime()}`
  const note = sql`INSERT INTO ${otpRequestsTable} ("id", "address", "expires")
    SELECT ${id}, ${address}, ${expiresAt.getTime()} WHERE (SELECT count(*) ${recent}) < ${maxCodes}`
  const latest = sql`SELECT "id" ${recent} ORDER BY "_rowid_" DESC LIMIT 1`
  return after(
    [note],
    one(latest, ([row]) => String(row?.['id'])),
  )
}

/** A code to store. */
export interface NewCode {
  readonly id: string
  readonly recordId: string
  readonly hash: string
  readonly sentTo: string
}

/** The statement that stores a code; `when` is evaluated inside the batch. */
export function insertCode({ id }: AuthCollection, code: NewCode, now: Date, when: SQL): SQL {
  const moment = formatDate(now)
  return sql`INSERT INTO "_otps" ("id", "collectionRef", "recordRef", "password", "sentTo", "created", "updated")
    SELECT ${code.id}, ${id}, ${code.recordId}, ${code.hash}, ${code.sentTo}, ${moment}, ${moment} WHERE ${when}`
}

/** A code that has not expired, with its account. */
export interface StoredCode {
  readonly id: string
  readonly hash: string
  readonly sentTo: string
  readonly recordId: string
  readonly tokenKey: string
  readonly email: string
  readonly isVerified: boolean
}

/** Reads a code of a collection; undefined if it does not exist or has expired. */
export function selectCode(
  collection: AuthCollection,
  id: string,
  now: Date,
): Query<StoredCode | undefined> {
  return one(codeSelect(collection, id, now), (rows) => codeOf(id, rows))
}

function codeSelect(collection: AuthCollection, id: string, now: Date): SQL {
  return sql`SELECT o."password" AS "hash", o."sentTo", a."id" AS "recordId", a."tokenKey", a."email", a."verified"
    FROM "_otps" o JOIN ${sql.identifier(collection.name)} a ON a."id" = o."recordRef"
    WHERE ${isCurrent(collection, id, now)}`
}

function codeOf(id: string, [row]: readonly Row[]): StoredCode | undefined {
  if (row === undefined) return undefined
  return {
    id,
    hash: String(row['hash']),
    sentTo: String(row['sentTo']),
    recordId: String(row['recordId']),
    tokenKey: String(row['tokenKey']),
    email: String(row['email']),
    isVerified: row['verified'] === 1,
  }
}

/** The account of a code; NULL for an unknown or expired one. */
export function codeHolder(collection: AuthCollection, id: string, now: Date): SQL {
  return sql`(SELECT "recordRef" FROM "_otps" o WHERE ${isCurrent(collection, id, now)})`
}

/** True if code and account are unchanged since they were read. */
export function isUnused(collection: AuthCollection, code: StoredCode, now: Date): SQL {
  return sql`EXISTS (SELECT 1 FROM (${codeSelect(collection, code.id, now)})
    WHERE "hash" = ${code.hash} AND "tokenKey" = ${code.tokenKey}
      AND "email" = ${code.email} AND "verified" = ${Number(code.isVerified)})`
}

/** The statements that use up a code. */
export function removeCode({ id }: StoredCode): SQL[] {
  return [
    sql`DELETE FROM "_otps" WHERE "id" = ${id}`,
    sql`DELETE FROM ${otpRequestsTable} WHERE "id" = ${id}`,
  ]
}

const maxAttempts = 5
const attemptSeconds = 180
const exceeded = 'otp:too-many-until:'

/**
 * The statements that count an attempt at an account's codes from one network, and undo the batch
 * if there were too many.
 */
export function countCodeAttempt(
  collection: AuthCollection,
  id: string,
  network: string,
  now: Date,
): SQL[] {
  const requested = sql`SELECT "address" FROM ${otpRequestsTable} WHERE "id" = ${id} AND "expires" > ${now.getTime()}`
  const subject = sql`coalesce((${requested}), ${codeHolder(collection, id, now)})`
  const key = sql`'otp:' || ${collection.id} || ':' || ${subject} || ' ' || ${network}`
  return [
    countAttempt(key, attemptSeconds, now),
    abortWith(sql`${exceeded} || ${limitExceededUntil(key, maxAttempts)}`),
  ]
}

/** The seconds to wait if too many attempts undid a batch. */
export function codeAttemptWait(failure: BatchFailure, now: Date): number | undefined {
  if (failure.kind !== 'aborted' || !failure.message.startsWith(exceeded)) return undefined
  return Math.max(1, Number(failure.message.slice(exceeded.length)) - unixSeconds(now))
}

function isCurrent({ id, auth }: AuthCollection, otpId: string, now: Date): SQL {
  return sql`o."id" = ${otpId} AND o."collectionRef" = ${id}
    AND o."created" >= ${formatDate(new Date(now.getTime() - auth.otp.duration * 1000))}`
}
