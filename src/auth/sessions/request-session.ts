import type { KeyValueStore } from '#platform/bindings.ts'
import {
  findSession,
  removeSession,
  saveSession,
  type Session,
  type SessionKey,
} from './sessions.ts'

/** How old what a session shows as last seen may get by requests that renew no token. */
const lastSeenPrecisionMs = 60 * 60 * 1000

/** The one session that the token of a request can be of. KV: at most 1 read. */
export class RequestSession {
  readonly #kv: KeyValueStore
  #key: SessionKey | undefined
  #session: Promise<Session | undefined> = Promise.resolve(undefined)
  #found: Session | undefined
  /** Written or removed by the request itself. */
  #isSettled = false

  constructor(kv: KeyValueStore) {
    this.#kv = kv
  }

  /** Reads the session, the first time it is asked; the key comes from a token that holds. */
  read(key: SessionKey): Promise<Session | undefined> {
    if (this.#key === undefined) {
      this.#key = key
      this.#session = this.#load(key)
    }
    return this.#session
  }

  async #load(key: SessionKey): Promise<Session | undefined> {
    this.#found = await findSession(this.#kv, key)
    return this.#found
  }

  /** The session as it was read; undefined for guests. */
  current(): Promise<Session | undefined> {
    return this.#session
  }

  /** Replaces the session. KV: 1 write. */
  async save(session: Session): Promise<void> {
    if (this.#key === undefined) return
    this.#isSettled = true
    await saveSession(this.#kv, this.#key, session)
  }

  /** Removes the session. KV: 1 write. */
  async remove(): Promise<void> {
    if (this.#key === undefined) return
    this.#isSettled = true
    await removeSession(this.#kv, this.#key)
  }

  /** Marks the session as seen, unless it was within the last hour. KV: at most 1 write. */
  async touch(now: Date): Promise<void> {
    const session = this.#found
    if (session === undefined || this.#isSettled) return
    if (now.getTime() - session.lastSeenAt.getTime() < lastSeenPrecisionMs) return
    await this.save({ ...session, lastSeenAt: now })
  }
}
