/** Joins items as a balanced tree, so that two hundred of them are eight levels deep. */
export function balanced<T>(items: readonly T[], join: (left: T, right: T) => T, none: T): T {
  if (items.length <= 1) return items[0] ?? none
  const middle = Math.ceil(items.length / 2)
  const left = balanced(items.slice(0, middle), join, none)
  return join(left, balanced(items.slice(middle), join, none))
}
