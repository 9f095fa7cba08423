import { type AuthRecord, BaseAuthStore } from 'pocketbase'

/** Two dashboards on one host have different paths, so they do not share their sessions. */
const key = `arete:session:${new URL(import.meta.env.BASE_URL, location.href).pathname}`
const channel = new BroadcastChannel(key)

/** The lifetime of a stored session: until the tab closes, or until the session ends. */
export type SessionKeeping = 'tab' | 'browser'

/**
 * Stores the token for the tab, or in the browser if the user chose so. Signing out in one tab
 * signs out all of them.
 */
export class SessionStore extends BaseAuthStore {
  #keeping: SessionKeeping = 'tab'

  constructor() {
    super()
    const kept = readKept(localStorage)
    const stored = kept ?? readKept(sessionStorage)
    if (kept !== undefined) this.#keeping = 'browser'
    if (stored !== undefined) super.save(stored.token, stored.record)
    channel.addEventListener('message', () => {
      if (this.token !== '') this.#forget()
    })
  }

  /** Sets where the next token is stored. */
  keepIn(keeping: SessionKeeping): void {
    this.#keeping = keeping
  }

  override save(token: string, record?: AuthRecord): void {
    super.save(token, record)
    const [storage, other] =
      this.#keeping === 'browser' ? [localStorage, sessionStorage] : [sessionStorage, localStorage]
    storage.setItem(key, JSON.stringify({ token, record }))
    other.removeItem(key)
  }

  override clear(): void {
    this.#forget()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    channel.postMessage('signed out')
  }

  #forget(): void {
    localStorage.removeItem(key)
    sessionStorage.removeItem(key)
    super.clear()
  }
}

interface Kept {
  readonly token: string
  readonly record: AuthRecord
}

function readKept(storage: Storage): Kept | undefined {
  try {
    const kept = JSON.parse(storage.getItem(key) ?? 'null') as Kept | null
    return typeof kept?.token === 'string' && kept.token !== '' ? kept : undefined
  } catch {
    return undefined
  }
}
