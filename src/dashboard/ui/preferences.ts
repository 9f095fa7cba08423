/*
 * What a user chose about the dashboard itself. It is kept in the browser.
 */

/** The preferences, and what each may be; the first is the default. */
const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  zone: ['local', 'utc'],
  /** Shortcuts of a single key, which get in the way of speech input. */
  singleKeys: ['on', 'off'],
} as const

/** The name of a preference. */
export type PreferenceName = keyof typeof choices
/** A value that a preference may have. */
export type PreferenceValue<Name extends PreferenceName> = (typeof choices)[Name][number]

const listeners = new Set<() => void>()

/** Reads a preference; one that was never set, or has a value of another version, is the default. */
export function readPreference<Name extends PreferenceName>(name: Name): PreferenceValue<Name> {
  const allowed: readonly PreferenceValue<Name>[] = choices[name]
  const stored = readItem(`arete:${name}`)
  return allowed.find((choice) => choice === stored) ?? choices[name][0]
}

/** Keeps a preference, and lets it take effect at once. */
export function writePreference<Name extends PreferenceName>(
  name: Name,
  value: PreferenceValue<Name>,
): void {
  try {
    localStorage.setItem(`arete:${name}`, value)
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  applyPreferences()
  for (const listener of listeners) listener()
}

/** Calls a function when a preference changes, here or in another tab. */
export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Puts theme and density where the style sheet finds them. */
export function applyPreferences(): void {
  const theme = readPreference('theme')
  const isDark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
  document.documentElement.dataset['density'] = readPreference('density')
}

/** Follows the system's theme, and what other tabs choose. */
export function watchPreferences(): void {
  const refresh = (): void => {
    applyPreferences()
    for (const listener of listeners) listener()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh)
  addEventListener('storage', refresh)
  refresh()
}

function readItem(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
