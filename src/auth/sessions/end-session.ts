import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, constant, map, type Plan } from '#database/query.ts'
import { endSession } from '#database/session-overrides.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Background, KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireCallerOf, requireCollection } from '#auth/guards.ts'
import { withRecentProof } from './end-other-sessions.ts'
import type { RequestSession } from './request-session.ts'
import { sessionOwner, type SessionsRequest } from './session-owner.ts'
import { findSession, removeSession, type Session, type SessionKey } from './sessions.ts'
import { selectStanding } from '#auth/store.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly session: RequestSession
  readonly background: Background
}

/**
 * Ends the caller's session. The database ends it at the next request everywhere; removing its KV
 * entry after the response only saves work.
 *
 * Database: 1 batch. KV: 1 read, 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`
 */
export async function logOut(
  { transactor, rateLimiter, session, background }: Omit<Ports, 'sessions'>,
  collection: string,
): Promise<void> {
  await transactor.write((context) => {
    rateLimiter.count(context)
    const caller = requireCallerOf(context, requireCollection(context, collection))
    return after([endSession(caller)], constant(undefined))
  })
  background.run(session.remove())
}

/**
 * Ends one session of a record.
 *
 * Database: 1 batch. KV: 2 reads, 1 write.
 *
 * @throws {ApiError} As `sessionOwner`, and `notFound` if the session does not exist.
 */
export async function endOneSession(
  { transactor, rateLimiter, sessions, session, background }: Ports,
  request: SessionsRequest,
  sessionId: string,
): Promise<void> {
  const ended = await transactor.write((context) => {
    rateLimiter.count(context)
    return planEnd(context, sessions, request, sessionId)
  })
  background.run(ended.isCurrent ? session.remove() : removeSession(sessions, ended.key))
}

interface EndedSession {
  readonly key: SessionKey
  readonly isCurrent: boolean
}

async function planEnd(
  context: PlanContext,
  kv: KeyValueStore,
  request: SessionsRequest,
  sessionId: string,
): Promise<Plan<EndedSession>> {
  const { collection, recordId, caller } = sessionOwner(context, request)
  const key = { collectionId: collection.id, recordId, sessionId }
  const session = await findSession(kv, key)
  if (session === undefined) throw new ApiError(commonErrors.notFound)

  const expiresAt = newestExpiry(collection, session, context.now)
  const standing = selectStanding(collection, recordId, new Map([[sessionId, session]]))
  const ending = after([], standing, [endSession({ ...key, expiresAt })])
  const plan = map(ending, ({ size }) => {
    if (size === 0) throw new ApiError(commonErrors.notFound)
    return { key, isCurrent: sessionId === caller.sessionId }
  })
  // Signing out needs no proof.
  const isCurrent = sessionId === caller.sessionId
  return isCurrent ? plan : withRecentProof(context, { collection, recordId, caller }, plan)
}

/**
 * The time at which every token of a session has expired, including one renewed since KV was read.
 */
function newestExpiry({ auth }: AuthCollection, { expiresAt }: Session, now: Date): Date {
  return new Date(Math.max(expiresAt.getTime(), now.getTime() + auth.authToken.duration * 1000))
}
