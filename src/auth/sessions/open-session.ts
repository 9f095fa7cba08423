import type { SessionFacts } from '#http/session-facts.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import { saveSession } from './sessions.ts'

/** The request that began a session, as the session shows it. */
export interface SessionOrigin {
  readonly device: string
  readonly place: string
}

/** The session to open. */
export interface NewSession {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly sessionId: string
  readonly tokenKey: string
  readonly origin: SessionOrigin
  /** False for impersonation tokens, which are not renewed. */
  readonly isRefreshable: boolean
  readonly expiresAt: Date
  readonly facts: SessionFacts
  readonly now: Date
}

/** Opens a session and returns its token. KV: 1 write. */
export async function openSession(
  { sessions, tokens }: { readonly sessions: KeyValueStore; readonly tokens: AuthTokens },
  session: NewSession,
): Promise<string> {
  const { collection, recordId, tokenKey, origin, isRefreshable, expiresAt, facts, now } = session
  const key = { collectionId: collection.id, recordId, sessionId: session.sessionId }
  await saveSession(sessions, key, {
    tokenKey,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
    device: origin.device,
    place: origin.place,
    methods: [...facts.methods],
    kind: facts.actor === undefined ? 'session' : 'impersonation',
  })
  return await tokens.sign(collection, { ...key, isRefreshable, expiresAt, facts })
}
