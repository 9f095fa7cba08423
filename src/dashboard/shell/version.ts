/*
 * After a deployment the chunks of an open dashboard are gone. It then offers a reload; drafts are
 * in the browser's storage and survive.
 */

let isOutdated = false
const listeners = new Set<() => void>()

/** True once a part of the dashboard could not be loaded. */
export function isVersionOutdated(): boolean {
  return isOutdated
}

/** Calls a function when a part could not be loaded. */
export function subscribeVersion(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Notices chunks that fail to load. */
export function watchVersion(): void {
  addEventListener('vite:preloadError', () => {
    isOutdated = true
    for (const listener of listeners) listener()
  })
}
