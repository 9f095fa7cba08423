/** An object whose keys come from outside. It inherits nothing. */
export type Dictionary<T> = Record<string, T>

/**
 * Makes an object of entries whose names come from outside, such as the names of fields: no name
 * reaches a prototype, neither by reading (`constructor`) nor by writing (`__proto__`).
 */
export function dictionary<T>(
  entries: Iterable<readonly [name: string, value: T]> = [],
): Dictionary<T> {
  const object = Object.create(null) as Dictionary<T>
  for (const [name, value] of entries) object[name] = value
  return object
}
