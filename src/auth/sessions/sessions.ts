/*
 * Sessions in KV, one entry each, which expires by itself. A missing entry means signed out. A
 * failing KV is an error and never grants access. KV may lag behind, so D1 also checks the
 * account's token key and `_session_overrides`.
 */
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { byteLength } from '#kernel/text.ts'
import type { KeyValueStore } from '#platform/bindings.ts'

/** The key of a session. */
export interface SessionKey {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
}

const sessionEntry = lazy(() =>
  z.object({
    /** The account's token key when the session began or was last renewed. */
    tokenKey: z.string(),
    createdAt: z.coerce.date(),
    lastSeenAt: z.coerce.date(),
    /** The expiry of the newest known token. */
    expiresAt: z.coerce.date(),
    device: z.string(),
    place: z.string(),
    /** The methods it began with. Entries of earlier versions do not say. */
    methods: z.array(z.string()).default([]),
    kind: z.enum(['session', 'impersonation']).default('session'),
  }),
)

/** A session as stored in KV. */
export type Session = Readonly<z.output<ReturnType<typeof sessionEntry>>>

/**
 * The time an entry outlives its token, in which a write becomes visible everywhere. So a token
 * renewed at the last moment is valid at once, and renewing it again within this time needs no
 * write. KV allows one write per second and key.
 */
const graceSeconds = 60

/** KV stores expiries in 31 bits of seconds, which end in January 2038. */
const latestExpiryMs = (2 ** 31 - 1 - graceSeconds) * 1000

/** The expiry of a session that begins or is renewed now, within KV's limit. */
export function sessionExpiry(now: Date, lifetimeSeconds: number): Date {
  return new Date(Math.min(now.getTime() + lifetimeSeconds * 1000, latestExpiryMs))
}

/** The session under a key; undefined if it has ended, expired or never existed. KV: 1 read. */
export async function findSession(
  kv: KeyValueStore,
  key: SessionKey,
): Promise<Session | undefined> {
  const name = nameOf(key)
  const text = isTooLong(name) ? null : await kv.get(name)
  return text === null ? undefined : sessionEntry().safeParse(JSON.parse(text)).data
}

/** Stores a session until its token expires. KV: 1 write. */
export async function saveSession(
  kv: KeyValueStore,
  key: SessionKey,
  session: Session,
): Promise<void> {
  await putSession(kv, nameOf(key), session)
}

async function putSession(kv: KeyValueStore, name: string, session: Session): Promise<void> {
  const text = JSON.stringify(session)
  const expiration = Math.ceil(session.expiresAt.getTime() / 1000) + graceSeconds
  // The metadata repeats the value, so that listing needs no reads.
  await kv.put(name, text, { expiration, metadata: JSON.parse(text) })
}

/** Removes a session. Other locations may still see it for a while. KV: 1 write. */
export async function removeSession(kv: KeyValueStore, key: SessionKey): Promise<void> {
  await kv.delete(nameOf(key))
}

/** The sessions of a record in KV by id, possibly including ended ones. KV: 1 list per thousand. */
export async function listSessions(
  kv: KeyValueStore,
  { collectionId, recordId }: Omit<SessionKey, 'sessionId'>,
): Promise<Map<string, Session>> {
  const prefix = nameOf({ collectionId, recordId, sessionId: '' })
  const sessions = new Map<string, Session>()
  if (isTooLong(prefix)) return sessions

  let cursor: string | undefined
  do {
    const page = await kv.list({ prefix, cursor })
    for (const { name, metadata } of page.keys) {
      const { data } = sessionEntry().safeParse(metadata)
      if (data !== undefined) sessions.set(name.slice(prefix.length), data)
    }
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
  return sessions
}

/**
 * Copies all sessions that have not expired into the store of another deployment and returns their
 * number. KV: 1 list per thousand, and a write each.
 */
export async function copySessions(
  source: KeyValueStore,
  target: KeyValueStore,
  now: Date,
): Promise<number> {
  let copied = 0
  let cursor: string | undefined
  do {
    const page = await source.list({ prefix: sessionPrefix, cursor })
    for (const { name, metadata } of page.keys) {
      const { data: session } = sessionEntry().safeParse(metadata)
      if (session === undefined || session.expiresAt <= now) continue
      await putSession(target, name, session)
      copied++
    }
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
  return copied
}

/** True if a token with this expiry needs no new KV entry. */
export function coversToken({ expiresAt }: Session, tokenExpiresAt: Date): boolean {
  return tokenExpiresAt.getTime() <= expiresAt.getTime() + graceSeconds * 1000
}

const sessionPrefix = 'session:'

function nameOf({ collectionId, recordId, sessionId }: SessionKey): string {
  return `${sessionPrefix}${collectionId}:${recordId}:${sessionId}`
}

/** KV keys have at most 512 bytes, and longer ones cause an error. */
function isTooLong(name: string): boolean {
  return byteLength(name) > 512
}
