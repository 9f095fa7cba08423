import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { all, map, type Plan } from '#database/query.ts'
import { assertSuperuser } from '#http/guards.ts'
import { type SessionFacts, unknownFacts } from '#http/session-facts.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { assertValid, atLeast, issuesOf } from '#go-compat/validation-rules.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoAs } from '#records/request-info.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { AuthAnswer, AuthRequest } from './auth-response.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import { requireAuth } from '#auth/guards.ts'
import { openSession } from '#auth/sessions/open-session.ts'
import { sessionExpiry } from '#auth/sessions/sessions.ts'
import { selectAccount } from '#auth/store.ts'

/** The body to impersonate a record. */
export const impersonateForm = lazy(() =>
  z.object({
    /** In seconds; zero for the default lifetime. */
    duration: z.int().default(0),
  }),
)

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly tokens: AuthTokens
}

/** A request to impersonate a record. */
export interface ImpersonateRequest
  extends AuthRequest, WithForm<z.output<ReturnType<typeof impersonateForm>>> {
  readonly recordId: string
}

interface Impersonation {
  readonly collection: AuthCollection
  readonly record: RecordJson
  readonly tokenKey: string
  readonly actor: SessionFacts['actor']
  readonly now: Date
}

/**
 * Issues a token of another record to a superuser, which cannot be renewed. It is a session of that
 * record, listed and ended like its others.
 *
 * Database: 1 batch. KV: 1 read, 1 write.
 *
 * @throws {ApiError} `recordTokenRequired`, `recordNotAllowed`, `authCollectionMissing`,
 * `notFound`,
 *   `loadingFailed`, `validationFailed`
 */
export async function impersonate(ports: Ports, request: ImpersonateRequest): Promise<AuthAnswer> {
  const { record, actor, ...subject } = await ports.transactor.read((context) => {
    ports.rateLimiter.count(context)
    return planSubject(context, request)
  })
  const { duration } = await request.form()
  assertValid(issuesOf({ duration: atLeast(0)(duration) }))

  const lifetimeSeconds = duration === 0 ? subject.collection.auth.authToken.duration : duration
  const token = await openSession(ports, {
    ...subject,
    recordId: request.recordId,
    sessionId: newId(),
    origin: request.origin,
    isRefreshable: false,
    expiresAt: sessionExpiry(subject.now, lifetimeSeconds),
    facts: { ...unknownFacts, startedAt: unixSeconds(subject.now), actor },
  })
  return { record, token }
}

function planSubject(context: PlanContext, request: ImpersonateRequest): Plan<Impersonation> {
  const { caller } = context
  assertSuperuser(caller)
  const actor = { collectionId: caller.collectionId, id: caller.recordId }
  const { collection: idOrName, recordId, info } = request
  const collection = requireAuth(context.catalog.collections.find(idOrName))
  const viewer = requestInfoAs(collection, recordId, info)
  const found = all({
    // Only superusers get here, and they pass the auth rule.
    account: selectAccount(collection, recordId, context.now),
    record: selectRecord(context, viewer, collection, recordId, info.query['expand']),
  })
  return map(found, ({ account, record }) => {
    if (account === undefined || record === undefined) throw new ApiError(commonErrors.notFound)
    return { collection, record, tokenKey: account.tokenKey, actor, now: context.now }
  })
}
