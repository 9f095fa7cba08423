import { session } from '#dashboard/api/client.ts'

/* Advice that an account does not want to see again, kept in this browser. */

function storageKey(): string {
  return `arete:dismissed:${session.record?.id ?? ''}`
}

/** The codes of dismissed advice. */
export function readDismissed(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey()) ?? '[]')
    return new Set(Array.isArray(kept) ? kept.map(String) : [])
  } catch {
    return new Set()
  }
}

/** Dismisses advice for this account. */
export function dismiss(code: string): void {
  try {
    localStorage.setItem(storageKey(), JSON.stringify([...readDismissed(), code]))
  } catch {
    // Storage may be blocked; the advice then comes back.
  }
}
