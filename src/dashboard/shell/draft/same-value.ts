/**
 * True for values that mean the same to the API: they have the same JSON, whatever the order of their
 * keys. Files are the same only as the same object.
 */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!isObject(one) || !isObject(other)) return false
  if (one instanceof File || other instanceof File) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  return differentParts(one, other).length === 0
}

/** The keys whose values differ. A key without a value is as good as no key. */
export function differentParts(one: object, other: object): string[] {
  const [first, second] = [one, other] as Record<string, unknown>[]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].filter((key) => !isSame(first?.[key], second?.[key]))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
