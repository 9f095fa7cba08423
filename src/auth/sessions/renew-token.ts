import type { Caller } from '#http/caller.ts'
import type { SessionFacts } from '#http/session-facts.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Background } from '#platform/bindings.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import type { RequestSession } from './request-session.ts'
import { isOverLifetime, tokenExpiry } from './session-lifetime.ts'
import { coversToken } from './sessions.ts'

/** Dependencies of renewing a token. */
export interface RenewalPorts {
  readonly session: RequestSession
  readonly tokens: AuthTokens
  readonly background: Background
}

/** The session whose token is renewed. */
export interface Renewed {
  readonly collection: AuthCollection
  readonly caller: Caller
  /** The account's token key. */
  readonly tokenKey: string
  /** The facts of the new token. Only a proof of identity changes them. */
  readonly facts: SessionFacts
  readonly now: Date
}

/**
 * A new token of the caller's session, with its full lifetime unless the session ends before. The KV
 * entry is extended after the response: it outlives the old token by the time a write takes to be
 * visible everywhere, so waiting for it would gain nothing. Older tokens stay valid, with their
 * facts. KV: at most 1 write.
 *
 * @throws {ApiError} `recordTokenRequired` for a session that has reached its maximum lifetime
 */
export async function renewToken(
  { session, tokens, background }: RenewalPorts,
  { collection, caller, tokenKey, facts, now }: Renewed,
): Promise<string> {
  const { collectionId, recordId, sessionId, isRefreshable } = caller
  const known = await session.current()
  // Tokens of earlier versions do not say when their session began.
  const startedAt = facts.startedAt ?? (known && unixSeconds(known.createdAt))
  if (isOverLifetime(collection.auth, { now, startedAt })) {
    background.run(session.remove())
    throw new ApiError(commonErrors.recordTokenRequired)
  }
  const expiresAt = tokenExpiry(collection.auth, { now, startedAt })
  if (known !== undefined && (!coversToken(known, expiresAt) || known.tokenKey !== tokenKey)) {
    background.run(session.save({ ...known, tokenKey, lastSeenAt: now, expiresAt }))
  }
  return await tokens.sign(collection, {
    collectionId,
    recordId,
    sessionId,
    isRefreshable,
    expiresAt,
    facts: { ...facts, startedAt },
  })
}
