/*
 * The hooks of an application around a sign-in. Those before it are judged in its last batch: behind
 * the proof and the auth rule, so that they tell a client nothing that it may not know, and before
 * anything is kept, so that a refused sign-up leaves no account.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { parseRule } from '#catalog/compile/rules.ts'
import { abortUnless, type BatchFailure } from '#database/abort.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { ApiError } from '#kernel/errors.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { ruleCondition, storedRow } from '#records/read/rule-query.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import type { SignInMethod } from './auth-response.ts'
import { outcomeIs } from './sign-in-outcome.ts'

declare module '#catalog/plan-context.ts' {
  interface PlanHooks {
    /** The hooks before a sign-in; undefined if there are none. */
    beforeAuth(
      collection: AuthCollection,
    ): ((attempt: HookedSignIn) => Promise<SignInVerdict>) | undefined
    /** The hooks after one, which return the `meta` of its answer; undefined if there are none. */
    afterAuth(collection: AuthCollection): ((signedIn: HookedAnswer) => Promise<Meta>) | undefined
  }
}

type Meta = Readonly<Record<string, unknown>> | undefined

/** A sign-in, or the renewal of one, as its hooks see it. */
export interface HookedSignIn {
  readonly context: PlanContext
  readonly collection: AuthCollection
  readonly recordId: string
  readonly method: SignInMethod | 'refresh'
  /** True for the second factor of a sign-in. */
  readonly isSecond: boolean
  readonly clientIp: () => string
  /** The data of a provider about the user. */
  readonly meta: Meta
}

/** A sign-in that has succeeded. */
export interface HookedAnswer extends Omit<HookedSignIn, 'context' | 'clientIp'> {
  readonly record: RecordJson
}

/** The outcome of the hooks before a sign-in. */
export interface SignInVerdict {
  readonly refusal: ApiError | undefined
  /** Conditions on the account, in the language of rules. */
  readonly required: readonly string[]
}

/** The hooks' conditions for a sign-in, and the error if they do not hold. */
export interface SignInGuard {
  readonly condition: SQL
  readonly error: ApiError
}

/** Runs the hooks before a sign-in; undefined if there are none, or if they have no objection. */
export async function guardOfHooks(
  attempt: HookedSignIn,
  caller: RequestInfo,
): Promise<SignInGuard | undefined> {
  const { context, collection, recordId } = attempt
  const run = context.hooks?.beforeAuth(collection)
  if (run === undefined) return undefined
  const { refusal, required } = await run(attempt)
  if (refusal !== undefined) return { condition: sql`FALSE`, error: refusal }
  if (required.length === 0) return undefined
  const row = storedRow(collection, recordId)
  const conditions = required.map(
    (filter) =>
      ruleCondition(context.catalog.collections, caller, parseRule(filter), row) ?? sql`FALSE`,
  )
  return {
    condition: sql`(${sql.join(conditions, sql` AND `)})`,
    error: new ApiError(authErrors.authRuleUnsatisfied),
  }
}

const refused = 'sign-in:refused'

/** The statement that undoes a sign-in which the auth rule admits and a hook does not. */
export function guardStatements(guard: SignInGuard | undefined): readonly SQL[] {
  if (guard === undefined) return []
  return [
    abortUnless(
      sql`(${outcomeIs('denied')} OR ${outcomeIs('disabled')} OR ${guard.condition})`,
      refused,
    ),
  ]
}

/** The error of a sign-in that a hook has undone. */
export function errorOfHooks(
  failure: BatchFailure,
  guard: SignInGuard | undefined,
): ApiError | undefined {
  return failure.kind === 'aborted' && failure.message === refused ? guard?.error : undefined
}
