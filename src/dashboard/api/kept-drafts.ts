/** Unsaved input of a form. */
export interface KeptDraft {
  readonly at: Date
  readonly values: Readonly<Record<string, unknown>>
}

const lifetimeMs = 7 * 24 * 60 * 60 * 1000

/** Reads the draft under a key, unless it is older than a week. */
export function readKeptDraft(key: string): KeptDraft | undefined {
  try {
    const { at, values } = JSON.parse(localStorage.getItem(key) ?? '') as {
      at: number
      values: Record<string, unknown>
    }
    return Date.now() - at < lifetimeMs ? { at: new Date(at), values } : undefined
  } catch {
    return undefined
  }
}

/** Keeps values under a key. Files cannot be kept, so values that hold some are left out. */
export function keepDraft(key: string, values: Readonly<Record<string, unknown>>): void {
  const kept = Object.entries(values).filter(([, value]) => !holdsFile(value))
  if (kept.length === 0) return
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: Object.fromEntries(kept) }))
  } catch {
    // A full or blocked storage costs the draft, not the form.
  }
}

/** Removes the draft under a key. */
export function removeKeptDraft(key: string): void {
  localStorage.removeItem(key)
}

/** Removes all drafts, as at a sign-out. */
export function removeAllDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('arete:draft:')) localStorage.removeItem(key)
  }
}

function holdsFile(value: unknown): boolean {
  return value instanceof File || (Array.isArray(value) && value.some(holdsFile))
}
