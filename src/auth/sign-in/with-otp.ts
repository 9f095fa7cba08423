import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { after, all, constant, map, type Plan, type Query } from '#database/query.ts'
import { removeFactors } from '#database/second-factors.ts'
import { ApiError } from '#kernel/errors.ts'
import { addressBlock } from '#go-compat/ip-address.ts'
import { assertValid, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import type { Passwords } from '#platform/passwords.ts'
import { addAccountChange } from '#records/write/change-account.ts'
import { WriteBuilder } from '#records/write/record-write.ts'
import type { AccountTarget, RateLimiter } from '#limits/rate-limits.ts'
import type { AuthAnswer, MfaChallenge, SignInRequest } from './auth-response.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { completeSignIn, type SignInPorts } from './complete-sign-in.ts'
import { authErrors } from '#auth/errors.ts'
import { requireCollection } from '#auth/guards.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import { isCode } from './one-time-code.ts'
import {
  codeAttemptWait,
  codeHolder,
  countCodeAttempt,
  isUnused,
  removeCode,
  selectCode,
  type StoredCode,
} from './otp-store.ts'
import { requireOtp } from './request-otp.ts'

/** The body to sign in with a code. */
export const otpForm = lazy(() =>
  z.object({
    otpId: z.string().default(''),
    password: z.string().default(''),
  }),
)

type OtpForm = z.output<ReturnType<typeof otpForm>>

/** Dependencies of signing in with a code. */
export interface OtpPorts extends SignInPorts {
  readonly rateLimiter: RateLimiter
  readonly passwords: Passwords
}

/** A request to sign in with a code. */
export type OtpSignInRequest = SignInRequest & WithForm<OtpForm>

/** The code of a form, if it exists. */
interface Attempt {
  readonly collection: AuthCollection
  readonly form: OtpForm
  readonly code: StoredCode | undefined
  readonly addressee: Recipient | undefined
}

/**
 * Signs in with a mailed one-time code. Five wrong codes in three minutes are allowed from one
 * network, whatever the settings. The right one is valid once, whether or not it is enough to sign
 * in.
 *
 * A code verifies the address it was sent to. An account with an unverified address may have been
 * created by an attacker who waits for its owner. So its links to providers are removed, and its
 * password too if that alone would be enough to sign in.
 *
 * Database: 2 batches. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `otpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `otpAttemptsExceeded`, `otpInvalid`, and as
 *   `completeSignIn`
 */
export async function signInWithOtp(
  ports: OtpPorts,
  request: OtpSignInRequest,
): Promise<AuthAnswer | MfaChallenge> {
  const attempt = await ports.transactor.write((context) => planAttempt(context, request, ports))
  const { collection, form, code, addressee } = attempt
  const stored = { id: form.otpId, hash: code?.hash }
  const isRight = await isCode(ports.passwords, collection, stored, form.password)
  if (code === undefined || !isRight) throw new ApiError(authErrors.otpInvalid)

  return await completeSignIn(ports, request, async (context) => {
    const current = requireOtp(context, request)
    return {
      collection: current,
      recordId: code.recordId,
      method: 'otp',
      holds: isUnused(current, code, context.now),
      refusal: authErrors.otpInvalid,
      effects: after(
        [
          ...removeCode(code),
          ...(await ports.rateLimiter.succeed(context, otpTarget(current, form), [code.recordId])),
        ],
        await proveAddress(context, ports, current, code),
      ),
      addressee,
    }
  })
}

async function planAttempt(
  context: PlanContext,
  request: OtpSignInRequest,
  { rateLimiter }: OtpPorts,
): Promise<Plan<Attempt>> {
  const named = requireCollection(context, request.collection)
  return await rateLimiter.attempt(context, { collection: named, tags: otpTags }, async () => {
    const collection = requireOtp(context, request)
    const form = await request.form()
    assertValid(
      issuesOf({
        otpId: firstIssue(form.otpId, required, length(1, 255)),
        password: firstIssue(form.password, required, length(1, 71)),
      }),
    )
    return { account: form.otpId, plan: planLookup(context, request, collection, form) }
  })
}

const otpTags = ['authWithOTP', 'auth']

/** The target for limits: the id of the code, whether it exists or not. */
function otpTarget(collection: AuthCollection, { otpId }: OtpForm): AccountTarget {
  return { collection, tags: otpTags, account: otpId }
}

function planLookup(
  context: PlanContext,
  request: OtpSignInRequest,
  collection: AuthCollection,
  form: OtpForm,
): Plan<Attempt> {
  const { now, catalog } = context
  const network = addressBlock(request.clientIp(catalog.settings))
  const counters = countCodeAttempt(collection, form.otpId, network, now)
  const holder = codeHolder(collection, form.otpId, now)
  const isAlerted = collection.auth.authAlert.enabled
  const found = all({
    code: selectCode(collection, form.otpId, now),
    addressee: isAlerted
      ? selectRecipient(context, request.info, collection, holder)
      : constant(undefined),
  })
  return {
    ...map(after(counters, found), (result) => ({ collection, form, ...result })),
    errorFor: (failure) => {
      const retryAfterSeconds = codeAttemptWait(failure, now)
      if (retryAfterSeconds === undefined) return new ApiError(authErrors.otpInvalid)
      return new ApiError(authErrors.otpAttemptsExceeded, { retryAfterSeconds })
    },
  }
}

/** Marks the account's address as verified if the code was sent there. */
async function proveAddress(
  context: PlanContext,
  { passwords }: OtpPorts,
  collection: AuthCollection,
  { recordId, isVerified, sentTo, email }: StoredCode,
): Promise<Query<unknown>> {
  if (isVerified || sentTo === '' || sentTo !== email) return constant(undefined)

  const plan = new WriteBuilder(0)
  // All earlier sessions end, even the one that signs in with the code.
  const writer = { ...context, caller: undefined, passwords }
  const randomizesPassword = !collection.auth.mfa.enabled
  const change = { collection, id: recordId, values: { verified: true }, randomizesPassword }
  await addAccountChange(plan, writer, change)
  if (randomizesPassword) plan.add(...removeFactors({ collection, recordId }))
  return plan.finish(authErrors.authenticationFailed, 200, constant(undefined))
}
