import { type SQL } from 'drizzle-orm'
import * as z from 'zod'
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
import type { RequestFacts } from '#records/request-info.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import {
  type Recipient,
  composeTokenMail,
  isUnchanged,
  decoyRecipient,
  selectRecipient,
} from './recipient.ts'
import { enqueueOncePerPause, pauseKey } from './mail-cooldown.ts'
import { idByIdentity } from '#auth/store.ts'

/** What a client sends to be mailed a link. */
export const addressForm = z.object({ email: z.string().default('') })

/** A request for a link, by somebody who has not signed in. */
export interface LinkRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  readonly facts: RequestFacts
  /** Reads the body. May be asked again. */
  form(): Promise<z.output<typeof addressForm>>
}

/** A kind of link. */
export interface LinkKind {
  readonly kind: 'verification' | 'passwordReset'
  /** What a request for it counts as. */
  readonly tag: string
  /** Why a collection does not give such links; undefined if it does. */
  refusal(collection: AuthCollection): ErrorSpec | undefined
  template(options: AuthOptions): MailTemplate
  /** Which accounts get one, asked of their row. */
  readonly condition?: SQL
}

/** What mailing a link works with. */
export interface LinkPorts {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/**
 * Mails a link to the account with an address, at most once in two minutes.
 *
 * Whatever becomes of it, the same work is done and nothing is answered: an address without an
 * account is not told from one with.
 *
 * Database: 2 batches.
 */
export async function mailLink(
  ports: LinkPorts,
  request: LinkRequest,
  link: LinkKind,
): Promise<void> {
  const addressee = await ports.transactor.write((scope) => planLookup(scope, request, link, ports))
  await ports.transactor.write((scope) => planMail(scope, request, link, addressee))
  ports.mail.deliver()
}

async function planLookup(
  scope: PlanContext,
  request: LinkRequest,
  link: LinkKind,
  { rateLimiter }: LinkPorts,
): Promise<Plan<Recipient>> {
  const named = requireCollection(scope, request.collection)
  return await rateLimiter.attempt(scope, { collection: named, tags: [link.tag] }, async () => {
    const collection = requireAuth(named)
    const refusal = link.refusal(collection)
    if (refusal !== undefined) throw new ApiError(refusal)

    const { email } = await request.form()
    assertValid(issuesOf({ email: firstIssue(email, required, length(1, 255), emailRule) }))
    const id = idByIdentity(collection, ['email'], email)
    const recipient = selectRecipient(scope, request.facts, collection, id)
    return { account: email, plan: map(recipient, (found) => found ?? decoyRecipient(email)) }
  })
}

async function planMail(
  scope: PlanContext,
  request: LinkRequest,
  { kind, template, condition }: LinkKind,
  addressee: Recipient,
): Promise<Plan<void>> {
  const collection = requireAuth(requireCollection(scope, request.collection))
  const mail = await composeTokenMail(scope, collection, {
    kind,
    template: template(collection.auth),
    addressee,
  })
  const key = pauseKey(kind, collection.id, addressee.id)
  const isDue = isUnchanged(collection, addressee, condition)
  return after(enqueueOncePerPause(mail, key, isDue, scope.now), constant(undefined))
}
