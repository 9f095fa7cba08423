/*
 * Actions that need a recent proof of identity. The age of the session's proofs is known when the
 * request is planned; the batch adds whether the account has an authenticator, and if so demands a
 * recent second factor.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { hasConfirmed } from '#database/second-factors.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { levelOf, secondsSince } from '#http/session-facts.ts'
import { ApiError } from '#kernel/errors.ts'
import { type AccountCollection, availableMethods, mayBeSecond } from './account-methods.ts'
import { recordErrors } from './errors.ts'
import { columnOf } from './identifiers.ts'

/** An action that a collection's options can make to need a recent proof. */
export type StepUpAction = 'email' | 'password' | 'delete' | 'sessions' | 'link'

/** A request for an action. */
export interface StepUpDemand {
  /** The collection of the caller. */
  readonly collection: AccountCollection
  readonly caller: Caller
  readonly now: Date
  /** `whenEnrolled`: a second factor is demanded of accounts with an authenticator; or of all. */
  readonly secondFactor?: 'whenEnrolled' | 'always'
  /** Seconds added to the maximum age, for the end of what began with a recent proof. */
  readonly grace?: number
}

/** The demand of an action on the caller's own account; undefined if it needs no recent proof. */
export function demandOf(
  { catalog, caller, now }: Pick<PlanContext, 'catalog' | 'caller' | 'now'>,
  action: StepUpAction,
): StepUpDemand | undefined {
  const collection = caller && catalog.collections.find(caller.collectionId)
  if (caller === undefined || collection === undefined || !isAccounts(collection)) return undefined
  if (!collection.auth.security.stepUp.actions.includes(action)) return undefined
  return { collection, caller, now }
}

function isAccounts(collection: Collection): collection is Collection & AccountCollection {
  return collection.auth !== undefined
}

/** The guard that refuses the action unless the caller has proved their identity recently. */
export function stepUpGuard(demand: StepUpDemand): SQL {
  return abortWith(sql`${required} || ${stepUpCodes(demand)}`)
}

const required = 'arete:step-up:'

/**
 * The reason to refuse the action, for `stepUpRefusal`: the wanted level, and the methods as a
 * hexadecimal number of bits. NULL if there is none.
 */
export function stepUpCodes(demand: StepUpDemand): SQL {
  const { collection, caller, now, secondFactor = 'whenEnrolled', grace = 0 } = demand
  const { facts, recordId } = caller
  const { security } = collection.auth
  const isRecent = (moment: number | undefined): boolean =>
    levelOf(facts) > 0 && (secondsSince(moment, now) ?? Infinity) <= security.stepUp.maxAge + grace
  const whenEnrolled = security.totp.enabled ? hasConfirmed({ collection, recordId }) : sql`0`
  const needsSecond = secondFactor === 'always' ? sql`1` : whenEnrolled
  const isFresh = isRecent(facts.authTime)
    ? sql`(${Number(isRecent(facts.mfaTime))} OR NOT ${needsSecond})`
    : sql`0`
  // Nothing can be proved in an impersonated session.
  const available = levelOf(facts) === 0 ? [] : availableMethods(collection)
  const bits = available.map(({ method, isAvailable }) => {
    const proves = isSecondProof(collection, caller, method) ? sql`1` : sql`NOT ${needsSecond}`
    return sql`CASE WHEN (${isAvailable}) AND ${proves} THEN ${bitOf(method)} ELSE 0 END`
  })
  const methods = sql.join([sql`0`, ...bits], sql` + `)
  return sql`(SELECT CASE WHEN ${isFresh} THEN NULL
      ELSE (1 + (${needsSecond})) || ':' || printf('%X', ${methods}) END
    FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId})`
}

const methodNames = ['totp', 'recovery', 'password', 'otp', 'oauth2']

function bitOf(method: string): number {
  return 1 << methodNames.indexOf(method)
}

/** True if a proof by this method is a second factor of the caller's session. */
export function isSecondProof(
  collection: AccountCollection,
  { facts }: Caller,
  method: string,
): boolean {
  if (!mayBeSecond(collection, method)) return false
  if (method === 'totp' || method === 'recovery') return true
  // Of a session from before its facts were kept, the first factor is unknown.
  return facts.methods.length > 0 && !facts.methods.includes(method)
}

/** The error for a batch that the guard undid; undefined for any other failure. */
export function stepUpError(
  failure: BatchFailure,
  collection: Pick<AccountCollection, 'auth'>,
): ApiError | undefined {
  if (failure.kind !== 'aborted' || !failure.message.startsWith(required)) return undefined
  return stepUpRefusal(failure.message.slice(required.length), collection)
}

/** The error for a reason from `stepUpCodes`. */
export function stepUpRefusal(codes: string, { auth }: Pick<AccountCollection, 'auth'>): ApiError {
  const [level, mask = ''] = codes.split(':')
  const bits = Number.parseInt(mask, 16)
  const params = {
    level: Number(level),
    maxAge: auth.security.stepUp.maxAge,
    methods: methodNames.filter((method) => (bits & bitOf(method)) !== 0),
  }
  return new ApiError(recordErrors.stepUpRequired, {
    issues: { stepUp: { code: 'step_up_required', message: 'Prove who you are again.', params } },
  })
}
