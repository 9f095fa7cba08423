import { type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { AuthOptions, MailTemplate } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, constant, map, type Plan } from '#database/query.ts'
import type { ErrorSpec } from '#kernel/errors.ts'
import { ApiError } from '#kernel/errors.ts'
import {
  assertValid,
  email as emailRule,
  issuesOf,
  firstIssue,
  length,
  required,
} from '#go-compat/validation-rules.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { FormRequest } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import {
  type Recipient,
  composeTokenMail,
  mayReceive,
  decoyRecipient,
  selectRecipient,
} from './recipient.ts'
import { enqueueOncePerPause, pauseKey } from './mail-cooldown.ts'
import { idByIdentity } from '#auth/store.ts'

/** The body to request a link by mail. */
export const addressForm = lazy(() => z.object({ email: z.string().default('') }))

/** A request for a link from a client that is not signed in. */
export interface LinkRequest extends FormRequest<z.output<ReturnType<typeof addressForm>>> {
  readonly info: RequestInfo
}

/** A kind of link. */
export interface LinkKind {
  readonly kind: 'verification' | 'passwordReset'
  /** The tag for rate limits. */
  readonly tag: string
  /** The error if the collection does not send such links; undefined if it does. */
  refusal(collection: AuthCollection): ErrorSpec | undefined
  template(options: AuthOptions): MailTemplate
  /** A condition on the account's row. */
  readonly condition?: SQL
}

/** Dependencies of mailing a link. */
export interface LinkPorts {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/**
 * Mails a link to the account with an address, at most once in two minutes.
 *
 * Does the same work and returns nothing in all cases, so that it does not reveal which addresses
 * have an account.
 *
 * Database: 2 batches.
 */
export async function mailLink(
  ports: LinkPorts,
  request: LinkRequest,
  link: LinkKind,
): Promise<void> {
  const addressee = await ports.transactor.write((context) =>
    planLookup(context, request, link, ports),
  )
  await ports.transactor.write((context) => planMail(context, request, link, addressee))
  ports.mail.deliver()
}

async function planLookup(
  context: PlanContext,
  request: LinkRequest,
  link: LinkKind,
  { rateLimiter }: LinkPorts,
): Promise<Plan<Recipient>> {
  const named = requireCollection(context, request.collection)
  return await rateLimiter.attempt(context, { collection: named, tags: [link.tag] }, async () => {
    const collection = requireAuth(named)
    const refusal = link.refusal(collection)
    if (refusal !== undefined) throw new ApiError(refusal)

    const { email } = await request.form()
    assertValid(issuesOf({ email: firstIssue(email, required, length(1, 255), emailRule) }))
    const id = idByIdentity(collection, ['email'], email)
    const recipient = selectRecipient(context, request.info, collection, id)
    return { account: email, plan: map(recipient, (found) => found ?? decoyRecipient(email)) }
  })
}

async function planMail(
  context: PlanContext,
  request: LinkRequest,
  { kind, template, condition }: LinkKind,
  addressee: Recipient,
): Promise<Plan<void>> {
  const collection = requireAuth(requireCollection(context, request.collection))
  const mail = await composeTokenMail(context, collection, {
    kind,
    template: template(collection.auth),
    addressee,
  })
  const key = pauseKey(kind, collection.id, addressee.id)
  const isDue = mayReceive(context, collection, addressee, condition)
  return after(enqueueOncePerPause(mail, key, isDue, context.now), constant(undefined))
}
