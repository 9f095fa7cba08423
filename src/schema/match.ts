/*
 * Which stored collection or field a submitted one is. Code names things and has derived ids, so an
 * id alone does not tell: a field that was renamed keeps the id of its first name.
 */

/** A stored collection or field. */
export interface StoredItem {
  readonly id: string
  readonly name: string
  readonly type: string
}

/** A submitted collection or field. */
export interface SubmittedItem extends StoredItem {
  /** The former name; undefined if there is none. */
  readonly renamedFrom: string | undefined
  /** True for a rename of this request only; `renamedFrom` in code stays after it was applied. */
  readonly isRenamedNow: boolean
}

/** The id that the server derives for an item without one. */
export type DeriveId = (type: string, name: string) => string

/**
 * Matches each submitted item with the stored one that becomes it. Names ignore case, as in SQL.
 *
 * The order of precedence: an id that was given, a rename, the name with the type, a derived id.
 */
export function matchItems<Stored extends StoredItem, Item extends SubmittedItem>(
  stored: readonly Stored[],
  items: readonly Item[],
  deriveId: DeriveId,
): Map<Item, Stored> {
  const matches = new Map<Item, Stored>()
  const taken = new Set<Stored>()
  const rest = () => items.filter((item) => !matches.has(item))

  function match(find: (item: Item) => Stored | undefined): void {
    for (const item of rest()) {
      const found = find(item)
      if (found === undefined || taken.has(found)) continue
      matches.set(item, found)
      taken.add(found)
    }
  }

  const named = (name: string) => stored.find((other) => isSameName(other.name, name))
  const hasOwnId = (item: StoredItem) =>
    item.id !== '' && item.id !== deriveId(item.type, item.name)

  match((item) => (hasOwnId(item) ? stored.find(({ id }) => id === item.id) : undefined))
  match((item) => (item.isRenamedNow ? named(item.renamedFrom ?? '') : undefined))
  match((item) => {
    if (item.renamedFrom === undefined) return undefined
    const holder = named(item.name)
    if (holder === undefined) return named(item.renamedFrom)
    // Two fields exchange their names, and have not yet.
    const moves = items.some((other) => isSameName(other.renamedFrom, holder.name))
    return moves && !hasOwnId(holder) ? named(item.renamedFrom) : undefined
  })
  match((item) => {
    const found = named(item.name)
    return found?.type === item.type ? found : undefined
  })
  match((item) => (item.id === '' ? undefined : stored.find(({ id }) => id === item.id)))
  return matches
}

/** True for names that SQLite takes for the same. */
export function isSameName(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}
