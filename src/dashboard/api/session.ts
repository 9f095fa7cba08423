import { useSyncExternalStore } from 'react'
import type { RecordModel } from 'pocketbase'
import { client, session } from './client.ts'
import { readFailure } from './failure.ts'
import { queryClient } from './query-client.ts'
import type { SessionKeeping } from './session-store.ts'

/** Signed in: requests carry a token. Ended: they would, but the server or the clock refused it. */
export type SessionState = 'signedOut' | 'signedIn' | 'ended'

let isEnded = false
const listeners = new Set<() => void>()

function notify(): void {
  for (const listener of listeners) listener()
}

/** The state of the session, now. */
export function sessionState(): SessionState {
  if (session.token === '') return 'signedOut'
  return isEnded || !session.isValid ? 'ended' : 'signedIn'
}

/** The state of the session; the component renders again when it changes. */
export function useSessionState(): SessionState {
  return useSyncExternalStore(subscribeSession, sessionState)
}

/** The account that is signed in. */
export function useAccount(): RecordModel | null {
  return useSyncExternalStore(subscribeSession, () => session.record)
}

/** Calls a function when someone signs in or out, here or in another tab. */
export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Signs in with a password, to the collection of superusers unless another is named. */
export async function signIn(input: {
  readonly identity: string
  readonly password: string
  readonly keeping: SessionKeeping
  readonly collection?: string
}): Promise<void> {
  const { identity, password, keeping, collection = '_superusers' } = input
  session.keepIn(keeping)
  await client.collection(collection).authWithPassword(identity, password)
  isEnded = false
  notify()
  await queryClient.invalidateQueries()
}

/** Ends the session at the server and in every tab. What cannot be reached is ended here at least. */
export async function signOut(): Promise<void> {
  const collection = session.record?.collectionName ?? '_superusers'
  try {
    await client.send(`/api/collections/${encodeURIComponent(collection)}/logout`, {
      method: 'POST',
    })
  } catch {
    // The token then ends by its age.
  }
  session.clear()
}

/** Watches over the session: refreshes it in time, and notices its end. */
export function watchSession(): void {
  session.onChange(() => {
    if (session.token === '') {
      isEnded = false
      queryClient.clear()
    }
    notify()
  })
  client.afterSend = (response, data: unknown) => {
    // A token that ended makes a guest of the caller, who may be refused in any of these ways.
    const mayBeGuest = [401, 403, 404].includes(response.status)
    if (mayBeGuest && !/\/auth-(?:refresh|with-)/.test(response.url)) void checkSession()
    return withHeaders(response, data)
  }
  setInterval(() => void refreshInTime(), 60_000)
  addEventListener('visibilitychange', () => void refreshInTime())
}

let checking: Promise<void> | undefined

/** Asks the server whether the token is still good. */
async function checkSession(): Promise<void> {
  if (session.token === '' || isEnded) return
  checking ??= refresh().finally(() => {
    checking = undefined
  })
  await checking
}

/** The headers that say what the body of an error does not. */
function withHeaders(response: Response, data: unknown): unknown {
  if (response.ok || typeof data !== 'object' || data === null) return data
  const seconds = Number(response.headers.get('Retry-After'))
  return {
    ...data,
    requestId: response.headers.get('X-Request-Id') ?? undefined,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  }
}

/** Before the last tenth of its time a token is left alone; a hidden tab leaves it to the others. */
async function refreshInTime(): Promise<void> {
  if (document.visibilityState !== 'visible' || session.token === '') return
  const { iat, exp } = claims(session.token)
  const now = Date.now() / 1000
  if (now >= exp) {
    notify()
    return
  }
  if (exp - now > Math.max(120, (exp - iat) / 10)) return
  await checkSession()
}

async function refresh(): Promise<void> {
  try {
    await client.collection(session.record?.collectionName ?? '_superusers').authRefresh()
  } catch (error) {
    if ([401, 403, 404].includes(readFailure(error).status)) isEnded = true
  }
  notify()
}

function claims(token: string): { readonly iat: number; readonly exp: number } {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    const { iat = 0, exp = 0 } = JSON.parse(text) as { iat?: number; exp?: number }
    return { iat, exp }
  } catch {
    return { iat: 0, exp: 0 }
  }
}
