import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { AuthOptions, MailTemplate } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { superusersId } from '#catalog/system-collections.ts'
import { assertSuperuser } from '#http/guards.ts'
import { ApiError } from '#kernel/errors.ts'
import { newTokenKey } from '#kernel/random.ts'
import {
  assertValid,
  email as emailRule,
  issuesOf,
  firstIssue,
  length,
  oneOf,
  required,
  type ValidationRule,
} from '#go-compat/validation-rules.ts'
import { composeMail } from '#mail/compose.ts'
import { mailErrors } from '#mail/errors.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { Placeholders } from '#mail/placeholders.ts'
import type { Mailer, OutgoingMail } from '#platform/mailer.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { accountTokenExpiry, type AccountTokenKind, signAccountToken } from './account-tokens.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireAuth } from '#auth/guards.ts'

/** The body to send a test mail. */
export const testMailForm = lazy(() =>
  z.object({
    email: z.string().default(''),
    template: z.string().default(''),
    /** Id or name of the collection with the template. */
    collection: z.string().default(''),
  }),
)

type TestMailForm = z.output<ReturnType<typeof testMailForm>>

/** A kind of test mail. */
interface Sample {
  template(options: AuthOptions): MailTemplate
  /** The kind of its token. */
  readonly token?: AccountTokenKind
}

const samples: Readonly<Record<string, Sample>> = {
  verification: { template: (auth) => auth.verificationTemplate, token: 'verification' },
  'password-reset': { template: (auth) => auth.resetPasswordTemplate, token: 'passwordReset' },
  'email-change': { template: (auth) => auth.confirmEmailChangeTemplate, token: 'emailChange' },
  otp: { template: (auth) => auth.otp.emailTemplate },
  'login-alert': { template: (auth) => auth.authAlert.emailTemplate },
}

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/** A request to send a test mail. */
export type TestMailRequest = WithForm<TestMailForm>

/**
 * Sends a mail of a kind with sample values, at once and without the outbox, so that the superuser
 * sees errors in the mail settings.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `recordTokenRequired`, `recordNotAllowed`, `loadingFailed`, `testMailFailed`
 */
export async function sendTestMail(ports: Ports, request: TestMailRequest): Promise<void> {
  const { mail, mailer } = await ports.transactor.read(async (context) => {
    ports.rateLimiter.count(context)
    assertSuperuser(context.caller)
    const composed = await composeSample(context, await request.form())
    return {
      statements: [],
      read: () => ({ mail: composed, mailer: ports.mail.chooseMailer(context.catalog.settings) }),
    }
  })
  await sendNow(mailer, mail)
}

async function composeSample(context: PlanContext, form: TestMailForm): Promise<OutgoingMail> {
  const { settings, collections } = context.catalog
  const collection = collections.find(form.collection === '' ? superusersId : form.collection)
  const sample = samples[form.template]
  assertValid(
    issuesOf({
      collection: firstIssue(form.collection, length(1, 255), existingAs(collection?.auth)),
      email: firstIssue(form.email, required, length(1, 255), emailRule),
      template: firstIssue(form.template, required, oneOf(...Object.keys(samples))),
    }),
    mailErrors.testMailFailed,
  )
  // The form was validated, so that sample and collection exist.
  if (sample === undefined) throw new ApiError(mailErrors.testMailFailed)
  const target = requireAuth(collection)
  const values = await sampleValues(context, target, sample, form.email)
  const to = { name: '', address: form.email }
  return { ...composeMail(settings, sample.template(target.auth), values, to), kind: 'test' }
}

function existingAs(auth: AuthOptions | undefined): ValidationRule {
  return () =>
    auth === undefined
      ? {
          code: 'validation_invalid_auth_collection',
          message: 'Must be a valid auth collection id or name.',
        }
      : undefined
}

async function sampleValues(
  { now }: PlanContext,
  collection: AuthCollection,
  { token: kind }: Sample,
  email: string,
): Promise<Placeholders> {
  const entries = collection.fields.map(
    (field) => [field.name, field.normalise(`__pb_test_${field.name}__`)] as const,
  )
  const record = { collection, values: { ...Object.fromEntries(entries), email } }
  if (kind === undefined) {
    const alertInfo = `${now.toISOString()} - 127.0.0.1 __pb_test_user_agent__`
    return { record, otp: '123456', otpId: '_PB_TEST_OTP_ID_', alertInfo }
  }
  const token = await signAccountToken(collection, {
    kind,
    // No account's: the page of the link says so.
    account: { id: '__pb_test_id__', tokenKey: newTokenKey() },
    email,
    ...(kind === 'emailChange' ? { newEmail: email } : {}),
    expiresAt: accountTokenExpiry(collection, kind, now),
  })
  return { record, token }
}

async function sendNow(mailer: Mailer | undefined, mail: OutgoingMail): Promise<void> {
  if (mailer === undefined) throw failure('no mail transport is configured')
  try {
    await mailer.send(mail)
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error), error)
  }
}

function failure(reason: string, cause?: unknown): ApiError {
  const { message } = mailErrors.testMailFailed
  return new ApiError(mailErrors.testMailFailed, {
    message: `${message} Raw error: \n${reason}`,
    cause,
  })
}
