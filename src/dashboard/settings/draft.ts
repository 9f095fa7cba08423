/*
 * A draft holds the settings that were changed on a page, by path (`smtp.host`), until they are saved.
 */

/** The value at a path of nested objects. */
export function valueAt(settings: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null
          ? (value as Record<string, unknown>)[key]
          : undefined,
      settings,
    )
}

/** The body of the request that saves a draft: nested objects with the changed values only. */
export function bodyOf(draft: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [path, value] of draft) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let target = body
    for (const name of names) {
      target[name] ??= {}
      target = target[name] as Record<string, unknown>
    }
    target[last] = value
  }
  return body
}

/** The draft with another value at a path; a value equal to the stored one is no change. */
export function withValue(
  draft: ReadonlyMap<string, unknown>,
  settings: unknown,
  path: string,
  value: unknown,
): ReadonlyMap<string, unknown> {
  const next = new Map(draft)
  // A secret is never stored where it can be read; an empty one leaves it as it is.
  const stored = valueAt(settings, path) ?? ''
  if (JSON.stringify(stored) === JSON.stringify(value)) next.delete(path)
  else next.set(path, value)
  return next
}
