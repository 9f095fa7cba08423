import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, one, type Plan } from '#database/query.ts'
import { keepSession } from '#database/session-overrides.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { randomString } from '#kernel/random.ts'
import type { Background, KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { type SessionOwner, sessionOwner, type SessionsRequest } from './session-owner.ts'
import { listSessions, removeSession } from './sessions.ts'
import { deleteOneTimeCodes, replaceTokenKey } from '#auth/store.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly background: Background
}

/** As long as those of new accounts. */
const tokenKeyLength = 50

/**
 * Ends all sessions of a record but the one that asks.
 *
 * The account gets a new token key, under which only that session goes on. So no session escapes
 * for being too new for KV to list; mailed links and one-time codes of the account end as well.
 *
 * Database: 1 batch. KV: 1 read; after the answer 1 list and a write for each session.
 *
 * @throws {ApiError} As `sessionOwner`, and `notFound` for a record that does not exist.
 */
export async function endOtherSessions(
  { transactor, rateLimiter, sessions, background }: Ports,
  request: SessionsRequest,
): Promise<void> {
  const owner = await transactor.write((scope) => {
    rateLimiter.count(scope)
    return planEnd(scope, request)
  })
  background.run(removeOthers(sessions, owner))
}

function planEnd(scope: PlanContext, request: SessionsRequest): Plan<SessionOwner> {
  const owner = sessionOwner(scope, request)
  const { collection, recordId, caller } = owner
  const tokenKey = randomString(tokenKeyLength)
  const replaced = one(replaceTokenKey(collection, recordId, tokenKey), ([row]) => {
    if (row === undefined) throw new ApiError(commonErrors.notFound)
    return owner
  })
  return after([], replaced, [
    deleteOneTimeCodes(collection, recordId),
    ...(isOwn(owner) ? [keepSession(caller, tokenKey, sql`TRUE`)] : []),
  ])
}

function isOwn({ collection, recordId, caller }: SessionOwner): boolean {
  return caller.collectionId === collection.id && caller.recordId === recordId
}

async function removeOthers(kv: KeyValueStore, owner: SessionOwner): Promise<void> {
  const holder = { collectionId: owner.collection.id, recordId: owner.recordId }
  const known = await listSessions(kv, holder)
  if (isOwn(owner)) known.delete(owner.caller.sessionId)
  await Promise.all(
    [...known.keys()].map((sessionId) => removeSession(kv, { ...holder, sessionId })),
  )
}
