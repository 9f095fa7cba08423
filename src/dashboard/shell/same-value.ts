/** True for values that have the same JSON, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one, sorted) === JSON.stringify(other, sorted)
}

/** The keys whose values differ. */
export function differentParts(one: object, other: object): string[] {
  const [first, second] = [one, other] as Record<string, unknown>[]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].filter((key) => !isSame(first?.[key], second?.[key]))
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
