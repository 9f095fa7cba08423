/*
 * Sessions in KV, one entry each, which expires by itself. A missing entry means signed out; a
 * failing KV is an error and never a way in. KV may lag behind, so an entry is only half of the
 * truth: the other half, the account's token key and `_session_overrides`, is asked in D1.
 */
import * as z from 'zod'
import { byteLength } from '#kernel/text.ts'
import type { KeyValueStore } from '#platform/bindings.ts'

/** Where a session is kept. */
export interface SessionKey {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
}

const sessionEntry = z.object({
  /** The account's token key under which the session began or was last renewed. */
  tokenKey: z.string(),
  createdAt: z.coerce.date(),
  lastSeenAt: z.coerce.date(),
  /** When the newest token known here expires. */
  expiresAt: z.coerce.date(),
  device: z.string(),
  place: z.string(),
})

/** A session, as KV holds it. */
export type Session = Readonly<z.output<typeof sessionEntry>>

/**
 * An entry outlives its token by so much: the time in which a write becomes visible everywhere. So a
 * token renewed in its last moment is good at once, and one renewed again within this time needs no
 * write; KV takes but one a second for a key.
 */
const graceSeconds = 60

/** KV counts the seconds of an expiry in 31 bits, which end in January 2038. */
const latestExpiryMs = (2 ** 31 - 1 - graceSeconds) * 1000

/** When a session that begins or is renewed now expires; no later than KV can say. */
export function sessionExpiry(now: Date, lifetimeSeconds: number): Date {
  return new Date(Math.min(now.getTime() + lifetimeSeconds * 1000, latestExpiryMs))
}

/** The session under a key; undefined when it has ended, expired or never was. KV: 1 read. */
export async function findSession(
  kv: KeyValueStore,
  key: SessionKey,
): Promise<Session | undefined> {
  const name = nameOf(key)
  const text = isTooLong(name) ? null : await kv.get(name)
  return text === null ? undefined : sessionEntry.safeParse(JSON.parse(text)).data
}

/** Stores a session until its token expires. KV: 1 write. */
export async function saveSession(
  kv: KeyValueStore,
  key: SessionKey,
  session: Session,
): Promise<void> {
  const text = JSON.stringify(session)
  const expiration = Math.ceil(session.expiresAt.getTime() / 1000) + graceSeconds
  // The metadata repeats the value, so that listing needs no reading.
  await kv.put(nameOf(key), text, { expiration, metadata: JSON.parse(text) })
}

/** Removes a session. Other places may still see it for a while. KV: 1 write. */
export async function removeSession(kv: KeyValueStore, key: SessionKey): Promise<void> {
  await kv.delete(nameOf(key))
}

/**
 * The sessions of a record that KV knows of, ended ones possibly among them, by id. KV: 1 list a
 * thousand.
 */
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
      const { data } = sessionEntry.safeParse(metadata)
      if (data !== undefined) sessions.set(name.slice(prefix.length), data)
    }
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
  return sessions
}

/** Whether a token that expires then can be given out without writing the entry anew. */
export function coversToken({ expiresAt }: Session, tokenExpiresAt: Date): boolean {
  return tokenExpiresAt.getTime() <= expiresAt.getTime() + graceSeconds * 1000
}

function nameOf({ collectionId, recordId, sessionId }: SessionKey): string {
  return `session:${collectionId}:${recordId}:${sessionId}`
}

/** No entry has a name of more than 512 bytes, and KV does not like to be asked for one. */
function isTooLong(name: string): boolean {
  return byteLength(name) > 512
}
