import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, all, constant, map, one, type Plan } from '#database/query.ts'
import { ApiError, type FieldIssue } from '#kernel/errors.ts'
import {
  assertValid,
  email as emailRule,
  issuesOf,
  firstIssue,
  length,
  required,
} from '#go-compat/validation-rules.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { FormRequest } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCallerOf, requireCollection } from '#auth/guards.ts'
import { demandOf, stepUpError, stepUpGuard } from '#records/step-up.ts'
import { type Recipient, composeTokenMail, mayReceive, selectRecipient } from './recipient.ts'
import { idByIdentity } from '#auth/store.ts'

/** The body to request a new address. */
export const newAddressForm = lazy(() => z.object({ newEmail: z.string().default('') }))

/** A request for a new address. */
export interface EmailChangeRequest extends FormRequest<
  z.output<ReturnType<typeof newAddressForm>>
> {
  readonly info: RequestInfo
}

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/** The account and its new address. */
interface Wish {
  readonly addressee: Recipient
  readonly newEmail: string
}

const unchanged: FieldIssue = {
  code: 'validation_not_in_invalid',
  message: 'Must not be in list.',
}
const taken: FieldIssue = {
  code: 'validation_invalid_new_email',
  message: 'Invalid new email address.',
}

/**
 * Mails a link to the new address of the caller's account. Following it proves that the address is
 * the caller's.
 *
 * Database: 2 batches. KV: 1 read.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `otherCollectionRequired`, `superusersChangeDirectly`, `loadingFailed`, `validationFailed`,
 *   `tooManyRequests`
 */
export async function requestEmailChange(ports: Ports, request: EmailChangeRequest): Promise<void> {
  const wish = await ports.transactor.write((context) => planWish(context, request, ports))
  await ports.transactor.write((context) => planMail(context, request, wish))
  ports.mail.deliver()
}

async function planWish(
  context: PlanContext,
  request: EmailChangeRequest,
  { rateLimiter }: Ports,
): Promise<Plan<Wish>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['requestEmailChange'] }
  return await rateLimiter.attempt(context, target, async () => {
    const { collection, callerId } = requireOwner(context, request)
    const { newEmail } = await request.form()
    assertValid(issuesOf({ newEmail: firstIssue(newEmail, required, length(1, 255), emailRule) }))
    return { account: callerId, plan: planCheck(context, request, collection, callerId, newEmail) }
  })
}

function planCheck(
  context: PlanContext,
  request: EmailChangeRequest,
  collection: AuthCollection,
  callerId: string,
  newEmail: string,
): Plan<Wish> {
  const holder = sql`SELECT ${idByIdentity(collection, ['email'], newEmail)} AS "id"`
  const found = all({
    holderId: one(holder, ([row]) => row?.['id']),
    account: selectRecipient(context, request.info, collection, callerId),
  })
  const demand = demandOf(context, 'email')
  const plan = after(demand === undefined ? [] : [stepUpGuard(demand)], found)
  const checked = map(plan, ({ holderId, account }) => {
    if (account === undefined) throw new ApiError(authErrors.emailChangeNotRequested)
    const isTaken = typeof holderId === 'string' && holderId !== account.id
    const issue = isTaken ? taken : undefined
    assertValid(issuesOf({ newEmail: newEmail === account.email ? unchanged : issue }))
    return { addressee: account, newEmail }
  })
  return {
    ...checked,
    errorFor: (failure) =>
      stepUpError(failure, collection) ?? new Error('Undone batch', { cause: failure }),
  }
}

async function planMail(
  context: PlanContext,
  request: EmailChangeRequest,
  { addressee, newEmail }: Wish,
): Promise<Plan<void>> {
  const { collection } = requireOwner(context, request)
  const mail = await composeTokenMail(context, collection, {
    kind: 'emailChange',
    template: collection.auth.confirmEmailChangeTemplate,
    addressee,
    newEmail,
  })
  const mailed = enqueueMail(mail, mayReceive(context, collection, addressee))
  return after([mailed], constant(undefined))
}

/** The caller's account, if its address can change this way. */
function requireOwner(
  context: PlanContext,
  { collection: idOrName }: EmailChangeRequest,
): { collection: AuthCollection; callerId: string } {
  const named = requireCollection(context, idOrName)
  const { recordId } = requireCallerOf(context, named)
  const collection = requireAuth(named)
  if (isSuperusers(collection)) throw new ApiError(authErrors.superusersChangeDirectly)
  return { collection, callerId: recordId }
}
