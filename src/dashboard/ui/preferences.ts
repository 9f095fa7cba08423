/* The user's preferences for the dashboard, stored in the browser. */

/** The preferences and their values; the first is the default. */
const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  zone: ['local', 'utc'],
  motion: ['system', 'reduced'],
  /** Single-key shortcuts, which interfere with speech input. */
  singleKeys: ['on', 'off'],
  /** The language of samples for the API. */
  sampleLanguage: ['javascript', 'dart', 'curl'],
} as const

/** The name of a preference. */
export type PreferenceName = keyof typeof choices
/** A value of a preference. */
export type PreferenceValue<Name extends PreferenceName> = (typeof choices)[Name][number]

const listeners = new Set<() => void>()

/** Reads a preference. Unset or invalid ones have the default. */
export function readPreference<Name extends PreferenceName>(name: Name): PreferenceValue<Name> {
  const allowed: readonly PreferenceValue<Name>[] = choices[name]
  const stored = readItem(`arete:${name}`)
  return allowed.find((choice) => choice === stored) ?? choices[name][0]
}

/** Stores a preference, and applies it at once. */
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

/** Sets theme, density and motion for the style sheet. */
export function applyPreferences(): void {
  const theme = readPreference('theme')
  const isDark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
  document.documentElement.dataset['density'] = readPreference('density')
  document.documentElement.dataset['motion'] = readPreference('motion')
}

/** Follows the system's theme and the choices in other tabs. */
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
