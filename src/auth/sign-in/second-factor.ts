import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, one, type Query } from '#database/query.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { isChallengeCurrent, isChallengeYoung } from '#auth/factors/challenge.ts'
import { canAnswer, isWanted, selectDetails } from '#auth/factors/factor-policy.ts'
import { forgiveTries } from '#database/second-factors.ts'
import { mayBeSecond } from '#records/account-methods.ts'
import { outcomeIs } from './sign-in-outcome.ts'
import type { MfaChallenge, SignInMethod } from './auth-response.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** A factor by which an account is authenticated. */
export interface Factor {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly method: SignInMethod
  /** The challenge it completes; empty for a first factor. */
  readonly mfaId: string
}

/** The part of the sign-in batch for second factors. */
export interface FactorStep {
  /** The outcome for an admitted account; evaluated for its row. */
  readonly outcome: SQL
  /** Runs after the decision. */
  readonly result: Query<FactorResult>
}

/** The result of the batch for the factors of a sign-in. */
export interface FactorResult {
  /** The method of the first factor if this one was the second. */
  readonly firstMethod: string | undefined
  /** The response to an account that is challenged. */
  readonly challenge: MfaChallenge
}

/** Methods that only answer challenges. They never begin a sign-in. */
const answersOnly: readonly SignInMethod[] = ['totp', 'recovery']

/**
 * Plans the outcome of a factor. A first one creates a challenge, a second one by another method
 * removes it. Of two concurrent requests for the same challenge, one completes the sign-in.
 *
 * @throws {ApiError} `authenticationFailed` for an invalid rule, so that it
 *   does not admit accounts with one factor.
 */
export function planFactor(context: PlanContext, caller: RequestInfo, factor: Factor): FactorStep {
  const wanted = isWanted(context, caller, factor.collection)
  return factor.mfaId === '' && !answersOnly.includes(factor.method)
    ? firstFactor(factor, wanted, context.now)
    : secondFactor(factor, wanted, context.now)
}

function firstFactor({ collection, recordId, method }: Factor, wanted: SQL, now: Date): FactorStep {
  const challengeId = newId()
  const moment = formatDate(now)
  const challenge = sql`INSERT INTO "_mfas" ("id", "collectionRef", "recordRef", "method", "created", "updated")
    SELECT ${challengeId}, ${collection.id}, ${recordId}, ${method}, ${moment}, ${moment}
    WHERE ${outcomeIs('challenged')}`
  if (!collection.auth.security.totp.enabled) {
    return {
      outcome: sql`CASE WHEN ${wanted} THEN 'challenged' ELSE 'complete' END`,
      result: one(challenge, () => resultOf({ mfaId: challengeId })),
    }
  }
  const details = selectDetails(collection, recordId, method)
  const asked = map(details, ({ methods, mustEnrol }) =>
    resultOf({ mfaId: challengeId, methods, ...(mustEnrol && { enrol: true as const }) }),
  )
  return {
    outcome: sql`CASE WHEN NOT ${wanted} THEN 'complete'
      WHEN ${canAnswer(collection, method)} THEN 'challenged' ELSE 'unenrolled' END`,
    result: { ...asked, statements: [...asked.statements, challenge] },
  }
}

function resultOf(challenge: MfaChallenge): FactorResult {
  return { firstMethod: undefined, challenge }
}

function secondFactor(
  { collection, recordId, method, mfaId }: Factor,
  wanted: SQL,
  now: Date,
): FactorStep {
  const owned = sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
  // A code's own try was counted before, and others may have come since.
  const current = answersOnly.includes(method)
    ? isChallengeYoung(collection, now)
    : isChallengeCurrent(collection, now)
  const isThere = (condition: SQL): SQL =>
    sql`EXISTS (SELECT 1 FROM "_mfas" WHERE "id" = ${mfaId} AND ${condition})`
  const isAllowed = mayBeSecond(collection, method)
  // Without its challenge such a code would be a whole sign-in by itself.
  const oneFactor = answersOnly.includes(method) ? sql`FALSE` : sql`NOT ${wanted}`
  const removed = sql`DELETE FROM "_mfas" WHERE "id" = ${mfaId}
    AND (NOT ${current} OR (${owned} AND ${outcomeIs('complete')}))
    RETURNING CASE WHEN ${current} AND ${owned} THEN "method" END AS "method"`
  // The owner is back, so codes are accepted again.
  const isOwnerBack = isAllowed
    ? sql`(${outcomeIs('complete')} AND ${isThere(sql`${current} AND ${owned} AND "method" != ${method}`)})`
    : sql`FALSE`
  return {
    outcome: sql`CASE WHEN ${oneFactor} THEN 'complete'
      WHEN NOT ${isThere(current)} THEN 'mfaExpired'
      WHEN NOT ${isThere(owned)} THEN 'mfaForeign'
      WHEN ${isAllowed ? isThere(sql`"method" = ${method}`) : sql`TRUE`} THEN 'mfaSameMethod'
      ELSE 'complete' END`,
    result: {
      statements: [forgiveTries({ collection, recordId }, isOwnerBack), removed],
      read: ([, rows = []]) => {
        const first = rows[0]?.['method']
        const isSecond = typeof first === 'string' && first !== method && isAllowed
        return { ...resultOf({ mfaId: '' }), firstMethod: isSecond ? first : undefined }
      },
    },
  }
}
