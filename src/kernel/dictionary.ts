/** An object whose keys come from outside. It inherits nothing. */
export type Dictionary<T> = Record<string, T>

/**
 * Builds an object from entries whose names come from outside, such as field names. No name reaches
 * a prototype, neither by reading (`constructor`) nor by writing (`__proto__`).
 */
export function dictionary<T>(
  entries: Iterable<readonly [name: string, value: T]> = [],
): Dictionary<T> {
  const object = Object.create(null) as Dictionary<T>
  for (const [name, value] of entries) object[name] = value
  return object
}
