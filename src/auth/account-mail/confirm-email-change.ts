import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, map, one, type Plan } from '#database/query.ts'
import { ApiError, type FieldIssue } from '#kernel/errors.ts'
import { firstIssue, length, required } from '#go-compat/validation-rules.ts'
import type { AccountTarget } from '#limits/rate-limits.ts'
import { accountClaims } from './account-tokens.ts'
import type { ConfirmationPorts, FormRequest } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { idByIdentity } from '#auth/store.ts'
import {
  planHolderChange,
  requireHolder,
  selectHolder,
  type TokenCheck,
  type TokenHolder,
} from '#auth/token-holder.ts'

/** The body to confirm a new address. */
export const emailChangeForm = lazy(() =>
  z.object({
    token: z.string().default(''),
    password: z.string().default(''),
  }),
)

type EmailChangeForm = z.output<ReturnType<typeof emailChangeForm>>

/** The result of the first batch. */
interface Candidate {
  readonly form: EmailChangeForm
  readonly check: TokenCheck
}

const missingAddress: FieldIssue = {
  code: 'validation_invalid_token_payload',
  message: 'Invalid token payload - newEmail must be set.',
}
const takenAddress: FieldIssue = {
  code: 'validation_invalid_token_email',
  message: 'The new email address is invalid.',
}
const wrongPassword: FieldIssue = {
  code: 'validation_invalid_password',
  message: 'Missing or invalid auth record password.',
}

/**
 * Changes the account's address to the one that the mail with the token went to, and marks it as
 * verified. Requires the account's password, so that a mail to a mistyped address does not give
 * access. Ends all sessions.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `superusersChangeDirectly`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`, `emailChangeFailed`
 */
export async function confirmEmailChange(
  ports: ConfirmationPorts,
  request: FormRequest<EmailChangeForm>,
): Promise<void> {
  const { form, check } = await ports.transactor.write((context) =>
    planCheck(context, request, ports),
  )
  const holder = requireHolder(check, { password: await passwordIssue(ports, form, check) })
  await ports.transactor.write((context) => planChange(context, request, form, holder, ports))
}

async function planCheck(
  context: PlanContext,
  request: FormRequest<EmailChangeForm>,
  { rateLimiter }: ConfirmationPorts,
): Promise<Plan<Candidate>> {
  const named = requireCollection(context, request.collection)
  return await rateLimiter.attempt(context, { collection: named, tags }, async () => {
    const collection = requireChangeable(context, request)
    const form = await request.form()
    const { id, newEmail } = accountClaims(form.token)
    const owner = sql`SELECT ${idByIdentity(collection, ['email'], newEmail)} AS "id"`
    const found = all({
      check: selectHolder(context, collection, 'emailChange', form.token),
      isTaken: one(owner, ([row]) => typeof row?.['id'] === 'string'),
    })
    const plan = map(found, async ({ check, isTaken }) => {
      return { form, check: ofFreeAddress(form, await check, isTaken) }
    })
    return { account: id, plan }
  })
}

const tags = ['confirmEmailChange']

/** The check of a token that must also name an address no account has. */
function ofFreeAddress(
  { token }: EmailChangeForm,
  check: TokenCheck,
  isTaken: boolean,
): TokenCheck {
  if (token !== '' && accountClaims(token).newEmail === '') return { issue: missingAddress }
  return check.holder !== undefined && isTaken ? { issue: takenAddress } : check
}

/** The issue of the password. It is only compared if the token is valid. */
async function passwordIssue(
  { passwords }: ConfirmationPorts,
  { password }: EmailChangeForm,
  { holder }: TokenCheck,
): Promise<FieldIssue | undefined> {
  const fault = firstIssue(password, required, length(1, 100))
  if (fault !== undefined) return fault
  const isRight = holder !== undefined && (await passwords.verify(holder.passwordHash, password))
  return isRight ? undefined : wrongPassword
}

async function planChange(
  context: PlanContext,
  request: FormRequest<EmailChangeForm>,
  form: EmailChangeForm,
  holder: TokenHolder,
  { passwords, rateLimiter }: ConfirmationPorts,
): Promise<Plan<unknown>> {
  const collection = requireChangeable(context, request)
  const email = accountClaims(form.token).newEmail
  return await planHolderChange(context, passwords, {
    collection,
    holder,
    values: { email, verified: true },
    refusal: authErrors.emailChangeFailed,
    also: await rateLimiter.succeed(context, targetOf(collection, form)),
  })
}

/** The account in the token, whose password is tried. */
function targetOf(collection: AuthCollection, { token }: EmailChangeForm): AccountTarget {
  return { collection, tags, account: accountClaims(token).id }
}

function requireChangeable(
  context: PlanContext,
  request: FormRequest<EmailChangeForm>,
): AuthCollection {
  const collection = requireAuth(requireCollection(context, request.collection))
  if (isSuperusers(collection)) throw new ApiError(authErrors.superusersChangeDirectly)
  return collection
}
