import { type SQL } from 'drizzle-orm'
import * as z from 'zod'
import type { AuthOptions, MailTemplate } from '#collections/definition.ts'
import type { Plan, Scope, Transactor } from '#collections/transact.ts'
import type { ErrorSpec } from '#kernel/errors.ts'
import { ApiError } from '#kernel/errors.ts'
import {
  assertFaultless,
  email as emailRule,
  faults,
  firstFault,
  length,
  required,
} from '#kernel/validation-rules.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { RequestFacts } from '#records/viewer.ts'
import type { RateLimiter } from '#settings/rate-limits.ts'
import type { AuthCollection } from './auth-token.ts'
import { requireAuth, requireCollection } from './guards.ts'
import {
  type Addressee,
  composeTokenMail,
  isUnchanged,
  nobody,
  selectAddressee,
} from './mail-account.ts'
import { enqueueOncePerPause, pauseKey } from './mail-pauses.ts'
import { idByIdentity } from './store.ts'

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
  scope: Scope,
  request: LinkRequest,
  link: LinkKind,
  { rateLimiter }: LinkPorts,
): Promise<Plan<Addressee>> {
  const named = requireCollection(scope, request.collection)
  return await rateLimiter.attempt(scope, { collection: named, tags: [link.tag] }, async () => {
    const collection = requireAuth(named)
    const refusal = link.refusal(collection)
    if (refusal !== undefined) throw new ApiError(refusal)

    const { email } = await request.form()
    assertFaultless(faults({ email: firstFault(email, required, length(1, 255), emailRule) }))
    const id = idByIdentity(collection, ['email'], email)
    const { statements, addressee } = selectAddressee(scope, request.facts, collection, id)
    const answer: Plan<Addressee>['answer'] = (rows) => addressee(rows) ?? nobody(email)
    return { account: email, plan: { statements, answer } }
  })
}

async function planMail(
  scope: Scope,
  request: LinkRequest,
  { kind, template, condition }: LinkKind,
  addressee: Addressee,
): Promise<Plan<void>> {
  const collection = requireAuth(requireCollection(scope, request.collection))
  const mail = await composeTokenMail(scope, collection, {
    kind,
    template: template(collection.auth),
    addressee,
  })
  const key = pauseKey(kind, collection.id, addressee.id)
  const isDue = isUnchanged(collection, addressee, condition)
  return {
    statements: enqueueOncePerPause(mail, key, isDue, scope.now),
    answer: () => undefined,
  }
}
