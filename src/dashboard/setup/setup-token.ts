/*
 * The token of a setup link. It leaves the address bar, and with it the history, before the first
 * request is sent. It is kept in memory only.
 */
import { useSyncExternalStore } from 'react'

const path = `${import.meta.env.BASE_URL}setup`

let token: string | undefined
const listeners = new Set<() => void>()

/** Takes the token of a setup link out of the address, now and when another link is opened here. */
export function watchSetupToken(): void {
  takeToken()
  addEventListener('hashchange', takeToken)
}

/** The token of the link that was opened; undefined if there was none. */
export function useSetupToken(): string | undefined {
  return useSyncExternalStore(subscribe, () => token)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function takeToken(): void {
  const { pathname, hash } = location
  if (pathname !== path || hash.length < 2) return
  token = hash.slice(1)
  history.replaceState(history.state, '', pathname)
  for (const listener of listeners) listener()
}
