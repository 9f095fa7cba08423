import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { after, all, constant, map, type Plan, rowsOf } from '#database/query.ts'
import {
  acceptsCodes,
  countTry,
  isCodeUnused,
  isTry,
  selectTotps,
  type StoredTotp,
  suspiciousFailures,
  useCode,
} from '#database/second-factors.ts'
import { assertValid, firstIssue, issuesOf, length, required } from '#go-compat/validation-rules.ts'
import { ApiError } from '#kernel/errors.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { challengedRecord, countChallengeTry, selectChallenge } from '#auth/factors/challenge.ts'
import { enteredCode } from '#auth/factors/enter-code.ts'
import { factorBucket, forgetTries } from '#auth/factors/factor-limits.ts'
import { requireTotp } from '#auth/factors/factor-owner.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { suspendAtLast } from '#auth/factors/suspend.ts'
import { requireChallenge } from '#auth/factors/require-challenge.ts'
import type { WithForm } from '#auth/form-request.ts'
import { requireCollection } from '#auth/guards.ts'
import type { AuthAnswer, MfaChallenge, SignInRequest } from './auth-response.ts'
import { completeSignIn, type SignInPorts } from './complete-sign-in.ts'

/** The body to answer a challenge with a code. The id of the challenge is read with it. */
export const factorCodeForm = lazy(() => z.object({ code: z.string().default('') }))

type FactorCodeForm = z.output<ReturnType<typeof factorCodeForm>>

/** Dependencies of answering a challenge with an authenticator. */
export interface FactorPorts extends SignInPorts {
  readonly rateLimiter: RateLimiter
  readonly keys: SettingsKeys
}

/** A request to answer a challenge with a code. */
export type FactorRequest = SignInRequest & WithForm<FactorCodeForm>

/** The challenge of a request, and the authenticators of its account. */
interface Attempt {
  readonly collection: AuthCollection
  readonly code: string
  readonly recordId: string
  readonly totps: readonly StoredTotp[]
  readonly addressee: Recipient | undefined
  readonly now: Date
}

/**
 * Answers a challenge with the code of an authenticator.
 *
 * The challenge allows five tries. Tries are also counted by account, before their outcome is known,
 * whichever challenges they are for: the tenth without a right one in between is reported to the
 * owner, who alone should know the first factor, and after the fiftieth no code is accepted until
 * the owner signs in by another method.
 *
 * Database: 2 batches; 1 more for the try that suspends the authenticator. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `totpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `mfaExpired`, `mfaForeign`, `authenticationFailed`,
 *   `unavailable` if the seed cannot be read, and as `completeSignIn`
 */
export async function signInWithTotp(
  ports: FactorPorts,
  request: FactorRequest,
): Promise<AuthAnswer | MfaChallenge> {
  const attempt = await ports.transactor.write((context) => planAttempt(context, request, ports))
  ports.mail.deliver()
  const { recordId, addressee } = attempt
  const entered = await enteredCode(ports.keys, attempt, attempt.totps, attempt)
  if (entered === undefined) {
    await suspendAtLast(ports, request, attempt)
    throw new ApiError(authErrors.authenticationFailed)
  }
  return await completeSignIn(ports, request, (context) => {
    const collection = requireTotp(context, request.collection)
    const owner = { collection, recordId }
    return {
      collection,
      recordId,
      method: 'totp',
      holds: isCodeUnused(owner, entered),
      refusal: authErrors.authenticationFailed,
      effects: rowsOf([...useCode(owner, entered, context.now), forgetTries(owner)]),
      addressee,
    }
  })
}

/**
 * Reads a code and the challenge that it answers.
 *
 * @throws {ApiError} `validationFailed`
 */
export async function readFactorForm(
  request: FactorRequest,
): Promise<{ readonly code: string; readonly mfaId: string }> {
  const { code } = await request.form()
  const mfaId = await request.mfaId()
  assertValid(
    issuesOf({
      mfaId: firstIssue(mfaId, required, length(1, 255)),
      code: firstIssue(code, required, length(1, 71)),
    }),
  )
  return { code, mfaId }
}

async function planAttempt(
  context: PlanContext,
  request: FactorRequest,
  { rateLimiter }: FactorPorts,
): Promise<Plan<Attempt>> {
  const { now } = context
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['authWithTOTP', 'auth'] }
  return await rateLimiter.attempt(context, target, async () => {
    const collection = requireTotp(context, request.collection)
    const { code, mfaId } = await readFactorForm(request)
    const recordId = challengedRecord(collection, mfaId, now)
    const owner = { collection, recordId }
    const found = all({
      challenge: selectChallenge(collection, mfaId, now),
      totps: selectTotps(owner, now, acceptsCodes),
      addressee: collection.auth.authAlert.enabled
        ? selectRecipient(context, request.info, collection, recordId)
        : constant(undefined),
    })
    // Later statements see the count: after the last try, the challenge is not current any more.
    const counting = [
      countChallengeTry(collection, mfaId, now),
      countTry(owner),
      ...mailOwner(context, request, owner, 'guessed', {
        when: isTry(owner, suspiciousFailures),
      }),
    ]
    const plan = map(after(counting, found), ({ challenge, totps, addressee }) => ({
      collection,
      code,
      recordId: requireChallenge(challenge).recordId,
      totps,
      addressee,
      now,
    }))
    return { plan, accountKey: sql`(${factorBucket(owner)})` }
  })
}
