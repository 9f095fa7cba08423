/*
 * Challenges: sign-ins that wait for their second factor, as rows of `_mfas`. A challenge survives
 * five wrong codes, then it is over for every method.
 */
import { type SQL, sql } from 'drizzle-orm'
import { one, type Query } from '#database/query.ts'
import { attemptsTable } from '#database/schema.ts'
import { formatDate } from '#kernel/dates.ts'
import { countAttempt } from '#limits/attempts.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** Maximum codes tried per challenge. */
const maxTries = 5

/** A condition on a row of `_mfas`: the challenge has not expired. */
export function isChallengeYoung(collection: AuthCollection, now: Date): SQL {
  return sql`"created" >= ${formatDate(new Date(now.getTime() - collection.auth.mfa.duration * 1000))}`
}

/** A condition on a row of `_mfas`: the challenge has not expired, and not had too many tries. */
export function isChallengeCurrent(collection: AuthCollection, now: Date): SQL {
  return sql`(${isChallengeYoung(collection, now)} AND NOT EXISTS (SELECT 1 FROM ${attemptsTable}
    WHERE "key" = 'mfa:' || "_mfas"."id" AND "hits" > ${maxTries}))`
}

/** The statement that counts a code tried for a challenge, if it exists. */
export function countChallengeTry(collection: AuthCollection, mfaId: string, now: Date): SQL {
  const key = sql`(SELECT 'mfa:' || "id" FROM "_mfas" WHERE "id" = ${mfaId})`
  // The window begins after the challenge and so ends after it.
  return countAttempt(key, collection.auth.mfa.duration, now)
}

/** The account that a current challenge of the collection is for, as an expression; else NULL. */
export function challengedRecord(collection: AuthCollection, mfaId: string, now: Date): SQL {
  return sql`(SELECT "recordRef" FROM "_mfas" WHERE "id" = ${mfaId}
    AND "collectionRef" = ${collection.id} AND ${isChallengeCurrent(collection, now)})`
}

/** A challenge as found by its id. */
export interface FoundChallenge {
  readonly state: 'current' | 'expired' | 'foreign'
  readonly recordId: string
  /** The method of the first factor. */
  readonly method: string
}

/** Reads a challenge. One that does not exist is expired; one of another collection is foreign. */
export function selectChallenge(
  collection: AuthCollection,
  mfaId: string,
  now: Date,
): Query<FoundChallenge> {
  const statement = sql`SELECT "collectionRef", "recordRef", "method",
    ${isChallengeCurrent(collection, now)} AS "isCurrent" FROM "_mfas" WHERE "id" = ${mfaId}`
  return one(statement, ([row]) => {
    const isOwn = row?.['collectionRef'] === collection.id
    const isCurrent = row?.['isCurrent'] === 1
    return {
      state: !isCurrent ? 'expired' : isOwn ? 'current' : 'foreign',
      recordId: String(row?.['recordRef'] ?? ''),
      method: String(row?.['method'] ?? ''),
    }
  })
}
