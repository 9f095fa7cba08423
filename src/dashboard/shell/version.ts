/*
 * After a deployment the chunks of an open dashboard no longer exist. It then offers a reload;
 * drafts are in the browser's storage and survive.
 */

let isOutdated = false
const listeners = new Set<() => void>()

/** True after a part of the dashboard failed to load. */
export function isVersionOutdated(): boolean {
  return isOutdated
}

/** Calls a function when a part fails to load. */
export function subscribeVersion(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Detects chunks that fail to load. */
export function watchVersion(): void {
  addEventListener('vite:preloadError', () => {
    isOutdated = true
    for (const listener of listeners) listener()
  })
}
