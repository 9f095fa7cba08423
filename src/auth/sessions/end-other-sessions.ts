import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, one, type Plan } from '#database/query.ts'
import { keepSession } from '#database/session-overrides.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newTokenKey } from '#kernel/random.ts'
import type { Background, KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { demandOf, stepUpError, stepUpGuard } from '#records/step-up.ts'
import { type SessionOwner, sessionOwner, type SessionsRequest } from './session-owner.ts'
import { listSessions, removeSession } from './sessions.ts'
import { deleteOneTimeCodes, replaceTokenKey } from '#auth/store.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly background: Background
}

/**
 * Ends all sessions of a record except the caller's.
 *
 * The account gets a new token key, and only the caller's session is kept. So even sessions too new
 * for KV to list end, and so do mailed links and one-time codes of the account.
 *
 * Database: 1 batch. KV: 1 read; after the response 1 list and a write for each session.
 *
 * @throws {ApiError} As `sessionOwner`, and `notFound` if the record does not exist.
 */
export async function endOtherSessions(
  { transactor, rateLimiter, sessions, background }: Ports,
  request: SessionsRequest,
): Promise<void> {
  const owner = await transactor.write((context) => {
    rateLimiter.count(context)
    return planEnd(context, request)
  })
  background.run(removeOthers(sessions, owner))
}

function planEnd(context: PlanContext, request: SessionsRequest): Plan<SessionOwner> {
  const owner = sessionOwner(context, request)
  const { collection, recordId, caller } = owner
  const tokenKey = newTokenKey()
  const replaced = one(replaceTokenKey(collection, recordId, tokenKey), ([row]) => {
    if (row === undefined) throw new ApiError(commonErrors.notFound)
    return owner
  })
  return withRecentProof(
    context,
    owner,
    after([], replaced, [
      deleteOneTimeCodes(collection, recordId),
      ...(isOwn(owner) ? [keepSession(caller, tokenKey, sql`TRUE`)] : []),
    ]),
  )
}

/** A plan that ends sessions of the caller only after a recent proof, if the options say so. */
export function withRecentProof<T>(
  context: PlanContext,
  owner: SessionOwner,
  plan: Plan<T>,
): Plan<T> {
  const demand = isOwn(owner) ? demandOf(context, 'sessions') : undefined
  if (demand === undefined) return plan
  return {
    ...after([stepUpGuard(demand)], plan),
    errorFor: (failure) =>
      stepUpError(failure, owner.collection) ?? new Error('Undone batch', { cause: failure }),
  }
}

function isOwn({ collection, recordId, caller }: SessionOwner): boolean {
  return caller.collectionId === collection.id && caller.recordId === recordId
}

/** Removes the KV entries of ended sessions: all of the owner except the caller’s own. */
export async function removeOthers(kv: KeyValueStore, owner: SessionOwner): Promise<void> {
  const holder = { collectionId: owner.collection.id, recordId: owner.recordId }
  const known = await listSessions(kv, holder)
  if (isOwn(owner)) known.delete(owner.caller.sessionId)
  await Promise.all(
    [...known.keys()].map((sessionId) => removeSession(kv, { ...holder, sessionId })),
  )
}
