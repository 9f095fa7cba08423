import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { columnOf } from '#records/identifiers.ts'
import { ruleCondition, storedRow } from '#records/read/rule-query.ts'
import { outcomeIs } from './sign-in-outcome.ts'
import type { SignInMethod } from './auth-response.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'

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
  readonly statements: readonly SQL[]
  /** The id of the account's challenge, if there is one. */
  readonly challengeId: string
}

/** If one factor is enough. */
const oneFactor: FactorStep = { outcome: sql`'complete'`, statements: [], challengeId: '' }

/**
 * Plans the outcome of a factor. A first one creates a challenge, a second one by another method
 * removes it. Of two concurrent requests for the same challenge, one completes the sign-in.
 *
 * @throws {ApiError} `authenticationFailed` for an invalid rule, so that it
 *   does not admit accounts with one factor.
 */
export function planFactor(context: PlanContext, caller: RequestInfo, factor: Factor): FactorStep {
  const { collection, mfaId } = factor
  if (!collection.auth.mfa.enabled) return oneFactor

  // Superusers are treated like other callers: impersonation is the way to act for others.
  const viewer = { ...caller, isSuperuser: false }
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  const isWanted = ruleCondition(context.catalog.collections, viewer, collection.rules.mfa, row)
  if (isWanted === undefined) throw new ApiError(authErrors.authenticationFailed)
  return mfaId === ''
    ? firstFactor(factor, isWanted, context.now)
    : secondFactor(factor, isWanted, context.now)
}

function firstFactor(
  { collection, recordId, method }: Factor,
  isWanted: SQL,
  now: Date,
): FactorStep {
  const challengeId = newId()
  const moment = formatDate(now)
  return {
    challengeId,
    outcome: sql`CASE WHEN ${isWanted} THEN 'challenged' ELSE 'complete' END`,
    statements: [
      sql`INSERT INTO "_mfas" ("id", "collectionRef", "recordRef", "method", "created", "updated")
        SELECT ${challengeId}, ${collection.id}, ${recordId}, ${method}, ${moment}, ${moment}
        WHERE ${outcomeIs('challenged')}`,
    ],
  }
}

function secondFactor(
  { collection, recordId, method, mfaId }: Factor,
  isWanted: SQL,
  now: Date,
): FactorStep {
  const oldest = formatDate(new Date(now.getTime() - collection.auth.mfa.duration * 1000))
  const owned = sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
  const isThere = (condition: SQL): SQL =>
    sql`EXISTS (SELECT 1 FROM "_mfas" WHERE "id" = ${mfaId} AND ${condition})`
  return {
    challengeId: '',
    outcome: sql`CASE WHEN NOT ${isWanted} THEN 'complete'
      WHEN NOT ${isThere(sql`"created" >= ${oldest}`)} THEN 'mfaExpired'
      WHEN NOT ${isThere(owned)} THEN 'mfaForeign'
      WHEN ${isThere(sql`"method" = ${method}`)} THEN 'mfaSameMethod'
      ELSE 'complete' END`,
    statements: [
      sql`DELETE FROM "_mfas" WHERE "id" = ${mfaId}
        AND ("created" < ${oldest} OR (${owned} AND ${outcomeIs('complete')}))`,
    ],
  }
}
