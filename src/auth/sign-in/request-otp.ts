import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, all, constant, map, type Plan } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import {
  assertValid,
  email as emailRule,
  issuesOf,
  firstIssue,
  length,
  required,
} from '#go-compat/validation-rules.ts'
import { composeMail } from '#mail/compose.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { AuthRequest } from './auth-response.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import {
  type Recipient,
  mayReceive,
  decoyRecipient,
  selectRecipient,
} from '#auth/account-mail/recipient.ts'
import { hashCode, keyedHash, newCode } from './one-time-code.ts'
import { insertCode, noteRequest } from './otp-store.ts'
import { idByIdentity } from '#auth/store.ts'

/** The body to request a code. */
export const otpRequestForm = lazy(() => z.object({ email: z.string().default('') }))

/** Dependencies of mailing a code. */
export interface OtpRequestPorts {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/** A request for a code. */
export type OtpRequest = AuthRequest & WithForm<z.output<ReturnType<typeof otpRequestForm>>>

/** The recipient of a code, and the id for the response. */
interface CodeRecipient {
  readonly otpId: string
  readonly addressee: Recipient
}

/**
 * Mails a one-time code to the account with an address.
 *
 * For an unknown address, a code is generated, hashed and mailed to a decoy recipient, with the
 * same number of trips. At most ten codes of an address are valid; further requests return the
 * latest id, for known and unknown addresses alike. So neither the response nor its timing reveals
 * who has an account.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `otpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`
 */
export async function requestOtp(
  ports: OtpRequestPorts,
  request: OtpRequest,
): Promise<{ otpId: string }> {
  const otpId = newId()
  const recipient = await ports.transactor.write((context) =>
    planLookup(context, request, otpId, ports),
  )
  if (recipient.otpId === otpId) {
    await ports.transactor.write((context) => planCode(context, request, recipient))
    ports.mail.deliver()
  }
  return { otpId: recipient.otpId }
}

async function planLookup(
  context: PlanContext,
  request: OtpRequest,
  otpId: string,
  { rateLimiter }: OtpRequestPorts,
): Promise<Plan<CodeRecipient>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['requestOTP'] }
  return await rateLimiter.attempt(context, target, async () => {
    const { email } = await request.form()
    return { account: email, plan: await planRecipient(context, request, otpId, email) }
  })
}

async function planRecipient(
  context: PlanContext,
  request: OtpRequest,
  otpId: string,
  email: string,
): Promise<Plan<CodeRecipient>> {
  const collection = requireOtp(context, request)
  assertValid(issuesOf({ email: firstIssue(email, required, length(1, 255), emailRule) }))
  const isUniqueInAnyCase = collection.isUniqueIgnoringCase('email')
  const address = await keyedHash(
    collection,
    'address',
    collection.id,
    isUniqueInAnyCase ? email.toLowerCase() : email,
  )
  const expiresAt = expiryOf(collection, context.now)
  const id = idByIdentity(collection, ['email'], email)
  const recipient = selectRecipient(context, request.info, collection, id)
  return all({
    otpId: noteRequest({ id: otpId, address, expiresAt }, context.now),
    addressee: map(recipient, (found) => found ?? decoyRecipient(email)),
  })
}

async function planCode(
  context: PlanContext,
  request: OtpRequest,
  { otpId, addressee }: CodeRecipient,
): Promise<Plan<void>> {
  const collection = requireOtp(context, request)
  const code = newCode(collection.auth.otp.length)
  const hash = await hashCode(collection, otpId, code)
  const row = { id: otpId, recordId: addressee.id, hash, sentTo: addressee.email }
  const isDue = mayReceive(context, collection, addressee)
  const mail = composeCodeMail(context, collection, { otpId, addressee }, code)
  const statements = [insertCode(collection, row, context.now, isDue), enqueueMail(mail, isDue)]
  return after(statements, constant(undefined))
}

function composeCodeMail(
  { catalog: { settings }, now }: PlanContext,
  collection: AuthCollection,
  { otpId, addressee }: CodeRecipient,
  code: string,
): OutgoingMail {
  const { email, record } = addressee
  const values = { otp: code, otpId, record: { collection, values: record } }
  const template = collection.auth.otp.emailTemplate
  return {
    ...composeMail(settings, template, values, { name: '', address: email }),
    kind: 'otp',
    notAfter: expiryOf(collection, now),
  }
}

function expiryOf({ auth }: AuthCollection, now: Date): Date {
  return new Date(now.getTime() + auth.otp.duration * 1000)
}

/**
 * The collection in the path, which must allow one-time codes.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `otpDisabled`
 */
export function requireOtp(
  context: PlanContext,
  { collection: idOrName }: AuthRequest,
): AuthCollection {
  const collection = requireAuth(requireCollection(context, idOrName))
  if (!collection.auth.otp.enabled) throw new ApiError(authErrors.otpDisabled)
  return collection
}
