import type { KeyValueStore } from '#platform/bindings.ts'
import {
  findSession,
  removeSession,
  saveSession,
  type Session,
  type SessionKey,
} from './sessions.ts'

/** Precision of a session's last-seen time for requests that do not renew a token. */
const lastSeenPrecisionMs = 60 * 60 * 1000

/** The session of the request's token. KV: at most 1 read. */
export class RequestSession {
  readonly #kv: KeyValueStore
  #key: SessionKey | undefined
  #session: Promise<Session | undefined> = Promise.resolve(undefined)
  #found: Session | undefined
  /** True once the request itself has written or removed it. */
  #isSettled = false

  constructor(kv: KeyValueStore) {
    this.#kv = kv
  }

  /** Reads the session on first use. The key comes from a valid token. */
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

  /** Updates the last-seen time, unless it is less than an hour old. KV: at most 1 write. */
  async touch(now: Date): Promise<void> {
    const session = this.#found
    if (session === undefined || this.#isSettled) return
    if (now.getTime() - session.lastSeenAt.getTime() < lastSeenPrecisionMs) return
    await this.save({ ...session, lastSeenAt: now })
  }
}
