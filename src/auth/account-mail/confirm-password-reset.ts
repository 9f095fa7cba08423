import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, type Plan } from '#database/query.ts'
import { type FieldIssue, required as blank } from '#kernel/errors.ts'
import { firstIssue, length, required } from '#go-compat/validation-rules.ts'
import { accountClaims } from './account-tokens.ts'
import type { ConfirmationPorts, FormRequest } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { endPause, pauseKey } from './mail-cooldown.ts'
import {
  planHolderChange,
  requireHolder,
  selectHolder,
  type TokenHolder,
} from '#auth/token-holder.ts'
import { passwordTarget } from '#auth/sign-in/with-password.ts'

/** The body to reset a password. */
export const newPasswordForm = lazy(() =>
  z.object({
    token: z.string().default(''),
    password: z.string().default(''),
    passwordConfirm: z.string().default(''),
  }),
)

type NewPasswordForm = z.output<ReturnType<typeof newPasswordForm>>

/** A request with a valid token. */
interface Admission {
  readonly form: NewPasswordForm
  readonly holder: TokenHolder
}

const mismatch: FieldIssue = {
  code: 'validation_values_mismatch',
  message: "Values don't match.",
}

/** The field itself has tighter limits. */
const maxPasswordLength = 255

/**
 * Sets a new password, which ends all sessions of the account, and marks its address as verified if
 * the mail with the token went there.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `passwordResetFailed`
 */
export async function confirmPasswordReset(
  ports: ConfirmationPorts,
  request: FormRequest<NewPasswordForm>,
): Promise<void> {
  const admission = await ports.transactor.write((context) => planCheck(context, request, ports))
  await ports.transactor.write((context) => planReset(context, request, admission, ports))
}

async function planCheck(
  context: PlanContext,
  request: FormRequest<NewPasswordForm>,
  { rateLimiter }: ConfirmationPorts,
): Promise<Plan<Admission>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['confirmPasswordReset'] }
  return await rateLimiter.attempt(context, target, async () => {
    const collection = requireAuth(named)
    const form = await request.form()
    const holder = selectHolder(context, collection, 'passwordReset', form.token)
    const plan = map(holder, async (check) => ({
      form,
      holder: requireHolder(await check, passwordIssues(collection, form)),
    }))
    return { plan }
  })
}

function passwordIssues(
  collection: AuthCollection,
  { password, passwordConfirm }: NewPasswordForm,
): Record<string, FieldIssue | undefined> {
  const min = collection.field('password')?.minLength ?? 1
  const confirmed = passwordConfirm === password ? undefined : mismatch
  return {
    password: firstIssue(password, required, length(min, maxPasswordLength)),
    passwordConfirm: passwordConfirm === '' ? blank : confirmed,
  }
}

async function planReset(
  context: PlanContext,
  request: FormRequest<NewPasswordForm>,
  { form: { token, password }, holder }: Admission,
  { passwords, rateLimiter }: ConfirmationPorts,
): Promise<Plan<unknown>> {
  const collection = requireAuth(requireCollection(context, request.collection))
  const isProved = !holder.isVerified && accountClaims(token).email === holder.email
  return await planHolderChange(context, passwords, {
    collection,
    holder,
    identity: [holder.email],
    values: { password, ...(isProved ? { verified: true } : {}) },
    refusal: authErrors.passwordResetFailed,
    also: [
      endPause(pauseKey('passwordReset', collection.id, holder.id)),
      // An attacker who keeps guessing must not keep the owner from using the new password here.
      ...(await rateLimiter.succeed(context, passwordTarget(collection, holder.email), [
        holder.id,
      ])),
    ],
  })
}
