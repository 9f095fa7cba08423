/*
 * The rules of a collection for second factors: which methods answer a challenge, which accounts are
 * asked, and which of them may enrol while they sign in.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { one, type Query } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { columnOf } from '#records/identifiers.ts'
import { ruleCondition, storedRow } from '#records/read/rule-query.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import {
  type AccountMethod,
  availableMethods,
  listOfNames,
  mayBeSecond,
  namesOf,
} from '#records/account-methods.ts'
import { hasConfirmed } from '#database/second-factors.ts'

/** True if accounts with an authenticator are asked for a second factor. */
function asksEnrolled({ auth: { security } }: AuthCollection): boolean {
  return security.totp.enabled && security.mfa.enrolled !== 'off'
}

/** True if signing in to the collection may need a second factor. */
export function mayChallenge(collection: AuthCollection): boolean {
  return collection.auth.mfa.enabled || asksEnrolled(collection)
}

/**
 * A condition on the account's row: the collection's MFA rule demands a second factor.
 *
 * @throws {ApiError} `authenticationFailed` for an invalid rule, so that it does not admit accounts
 *   with one factor.
 */
export function isDemanded(
  { catalog }: Pick<PlanContext, 'catalog'>,
  caller: RequestInfo,
  collection: AuthCollection,
): SQL {
  if (!collection.auth.mfa.enabled) return sql`FALSE`
  // Superusers are treated like other callers: impersonation is the way to act for others.
  const viewer = { ...caller, isSuperuser: false }
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  const condition = ruleCondition(catalog.collections, viewer, collection.rules.mfa, row)
  if (condition === undefined) throw new ApiError(authErrors.authenticationFailed)
  return condition
}

/** A condition on the account's row: signing in needs a second factor. */
export function isWanted(
  context: Pick<PlanContext, 'catalog'>,
  caller: RequestInfo,
  collection: AuthCollection,
): SQL {
  const recordId = columnOf(collection.name, 'id')
  const demanded = isDemanded(context, caller, collection)
  return asksEnrolled(collection)
    ? sql`(${demanded} OR ${hasConfirmed({ collection, recordId })})`
    : demanded
}

/** The methods by which the account of a row can answer a challenge of another method. */
function answeringMethods(collection: AuthCollection, first: string): AccountMethod[] {
  return availableMethods(collection).filter(
    ({ method }) => method !== first && mayBeSecond(collection, method),
  )
}

/**
 * A condition on the account's row: it may enrol an authenticator to answer a challenge.
 *
 * Only an account that has no other way to answer may. Otherwise the holder of a stolen password
 * could enrol an authenticator instead of answering with the one or the mailbox of the owner.
 */
export function mayEnrolAtSignIn(collection: AuthCollection, first: string): SQL {
  const { security } = collection.auth
  const isOn = security.totp.enabled && security.mfa.enrolAtSignIn
  if (!isOn || !mayBeSecond(collection, 'totp')) return sql`FALSE`
  const owner = { collection, recordId: columnOf(collection.name, 'id') }
  const answers = answeringMethods(collection, first).map(({ isAvailable }) => isAvailable)
  return sql`NOT (${sql.join([hasConfirmed(owner), ...answers], sql` OR `)})`
}

/** A condition on the account's row: it can answer a challenge, or enrol to do so. */
export function canAnswer(collection: AuthCollection, first: string): SQL {
  const answers = answeringMethods(collection, first).map(({ isAvailable }) => isAvailable)
  return sql`(${sql.join([...answers, mayEnrolAtSignIn(collection, first)], sql` OR `)})`
}

/**
 * A condition on the account's row: it has two of the sign-in's own methods, and one may be second,
 * so it can sign in without an authenticator.
 */
export function canDoWithout(collection: AuthCollection): SQL {
  const own = availableMethods(collection).filter(
    ({ method }) => method !== 'totp' && method !== 'recovery',
  )
  const seconds = own.filter(({ method }) => mayBeSecond(collection, method))
  const count = (ways: readonly AccountMethod[]): SQL =>
    sql`(${sql.join([sql`0`, ...ways.map(({ isAvailable }) => sql`(${isAvailable})`)], sql` + `)})`
  return sql`(${count(own)} >= 2 AND ${count(seconds)} >= 1)`
}

/** The ways of an account to answer a challenge. */
export interface ChallengeDetails {
  readonly methods: readonly string[]
  readonly mustEnrol: boolean
}

/** Reads the ways of an account to answer a challenge. */
export function selectDetails(
  collection: AuthCollection,
  recordId: string,
  first: string,
): Query<ChallengeDetails> {
  const statement = sql`SELECT ${namesOf(answeringMethods(collection, first))} AS "methods",
    ${mayEnrolAtSignIn(collection, first)} AS "enrol"
    FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId}`
  return one(statement, ([row]) => ({
    methods: listOfNames(row?.['methods']),
    mustEnrol: row?.['enrol'] === 1,
  }))
}
