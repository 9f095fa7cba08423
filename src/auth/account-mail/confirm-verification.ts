import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, type Plan } from '#database/query.ts'
import { ApiError, type FieldIssue } from '#kernel/errors.ts'
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
  type TokenCheck,
  type TokenHolder,
} from '#auth/token-holder.ts'

/** The body to verify an address. */
export const verificationForm = lazy(() => z.object({ token: z.string().default('') }))

const missingClaim: FieldIssue = {
  code: 'validation_invalid_token_claims',
  message: 'Missing email token claim.',
}
const otherAddress: FieldIssue = {
  code: 'validation_token_email_mismatch',
  message: "The record email doesn't match with the requested token claims.",
}

/**
 * Marks the address of an account as verified, because the bearer of the token has read a mail to
 * it. Confirming again changes nothing and is no error.
 *
 * Existing links to providers, which anyone may have created, are removed, and so is the password
 * if the collection does not use passwords.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `superusersAreVerified`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`, `verificationFailed`
 */
export async function confirmVerification(
  ports: ConfirmationPorts,
  request: FormRequest<z.output<ReturnType<typeof verificationForm>>>,
): Promise<void> {
  const holder = await ports.transactor.write((context) => planCheck(context, request, ports))
  if (holder.isVerified) return
  await ports.transactor.write((context) => planProof(context, request, holder, ports))
}

async function planCheck(
  context: PlanContext,
  request: FormRequest<z.output<ReturnType<typeof verificationForm>>>,
  { rateLimiter }: ConfirmationPorts,
): Promise<Plan<TokenHolder>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['confirmVerification'] }
  return await rateLimiter.attempt(context, target, async () => {
    const collection = requireVerifiable(context, request)
    const { token } = await request.form()
    const holder = selectHolder(context, collection, 'verification', token)
    const plan = map(holder, async (check) => requireHolder(ofAddress(token, await check)))
    return { plan }
  })
}

/** The check of a token that must also name the account's current address. */
function ofAddress(token: string, check: TokenCheck): TokenCheck {
  const { email } = accountClaims(token)
  if (token !== '' && email === '') return { issue: missingClaim }
  return check.holder !== undefined && check.holder.email !== email
    ? { issue: otherAddress }
    : check
}

async function planProof(
  context: PlanContext,
  request: FormRequest<z.output<ReturnType<typeof verificationForm>>>,
  holder: TokenHolder,
  { passwords }: ConfirmationPorts,
): Promise<Plan<unknown>> {
  const collection = requireVerifiable(context, request)
  return await planHolderChange(context, passwords, {
    collection,
    holder,
    values: { verified: true },
    randomizesPassword: !collection.auth.passwordAuth.enabled,
    refusal: authErrors.verificationFailed,
    also: [endPause(pauseKey('verification', collection.id, holder.id))],
  })
}

function requireVerifiable(
  context: PlanContext,
  request: FormRequest<z.output<ReturnType<typeof verificationForm>>>,
): AuthCollection {
  const collection = requireAuth(requireCollection(context, request.collection))
  if (isSuperusers(collection)) throw new ApiError(authErrors.superusersAreVerified)
  return collection
}
