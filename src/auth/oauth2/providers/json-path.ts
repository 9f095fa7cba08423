/** A JSON object with unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value at a path of keys and indexes, such as `data.0.id`; undefined if there is none. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}

/** The string or number at a path, as a string; blank for anything else. */
export function textAt(document: unknown, path: string): string {
  const value = valueAt(document, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** True if a flag is set, in any notation of the providers. */
export function isTrueAt(document: unknown, path: string): boolean {
  const value = valueAt(document, path)
  return value === true || value === 'true' || value === 1 || value === '1'
}
