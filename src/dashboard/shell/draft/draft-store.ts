import { session } from '#dashboard/api/client.ts'

/*
 * What was typed into forms and not saved. It is kept in the browser for a week, for the account
 * that typed it, and forgotten when someone signs out.
 */

const prefix = 'arete:draft:'
const week = 7 * 24 * 60 * 60 * 1000

session.onChange(() => {
  if (session.token === '') forgetAllDrafts()
})

function itemOf(address: string): string {
  return `${prefix}${session.record?.id ?? ''}:${address}`
}

/** The draft of a form, unless it is too old. */
export function readDraft(address: string): unknown {
  try {
    const kept = JSON.parse(localStorage.getItem(itemOf(address)) ?? 'null') as {
      readonly at: number
      readonly value: unknown
    } | null
    if (kept === null) return undefined
    if (Date.now() - kept.at < week) return kept.value
    forgetDraft(address)
  } catch {
    // Storage may be blocked, or hold something that is not ours.
  }
  return undefined
}

/** Keeps the draft of a form. */
export function keepDraft(address: string, value: unknown): void {
  try {
    localStorage.setItem(itemOf(address), JSON.stringify({ at: Date.now(), value }))
  } catch {
    // Storage may be full or blocked; the draft then lasts as long as the page.
  }
}

/** Forgets the draft of a form. */
export function forgetDraft(address: string): void {
  try {
    localStorage.removeItem(itemOf(address))
  } catch {
    // Nothing was kept where storage is blocked.
  }
}

function forgetAllDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) localStorage.removeItem(key)
    }
  } catch {
    // Nothing was kept where storage is blocked.
  }
}
