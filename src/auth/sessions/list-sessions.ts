import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { map, type Plan } from '#database/query.ts'
import { formatDate } from '#kernel/dates.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { sessionOwner, type SessionsRequest } from './session-owner.ts'
import { listSessions, type Session } from './sessions.ts'
import { selectStanding } from '#auth/store.ts'

/** A session in the response to its owner. */
export interface SessionItem {
  readonly id: string
  readonly created: string
  readonly lastSeen: string
  /** `Firefox on Windows`; empty if the client did not say. */
  readonly device: string
  /** `Lyon, FR`; empty if the host does not know. */
  readonly place: string
  /** The methods its owner signed in by, as in `['password', 'totp']`; empty if unknown. */
  readonly methods: readonly string[]
  readonly kind: 'session' | 'impersonation'
  /** True if the request itself belongs to this session. */
  readonly current: boolean
}

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
}

/**
 * Lists a record's sessions, last seen first. Ended ones are left out even if KV still has them. A
 * new one may be missing for as long as KV takes.
 *
 * Database: 1 batch. KV: 1 read, 1 list.
 *
 * @throws {ApiError} As `sessionOwner`.
 */
export async function listOwnSessions(
  { transactor, rateLimiter, sessions }: Ports,
  request: SessionsRequest,
): Promise<{ items: SessionItem[] }> {
  return await transactor.read((context) => {
    rateLimiter.count(context)
    return planList(context, sessions, request)
  })
}

async function planList(
  context: PlanContext,
  kv: KeyValueStore,
  request: SessionsRequest,
): Promise<Plan<{ items: SessionItem[] }>> {
  const { collection, recordId, caller } = sessionOwner(context, request)
  const known = await listSessions(kv, { collectionId: collection.id, recordId })
  return map(selectStanding(collection, recordId, known), (standing) => {
    const items = [...known]
      .filter(([id]) => standing.has(id))
      .toSorted(([, a], [, b]) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
      .map(([id, session]) => itemOf(id, session, caller.sessionId))
    return { items }
  })
}

function itemOf(id: string, session: Session, currentId: string): SessionItem {
  return {
    id,
    created: formatDate(session.createdAt),
    lastSeen: formatDate(session.lastSeenAt),
    device: session.device,
    place: session.place,
    methods: session.methods,
    kind: session.kind,
    current: id === currentId,
  }
}
