import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { columnOf } from '#records/identifiers.ts'
import type { Shape } from './record-shape.ts'
import { ruleHolds, storedRow } from './rule-query.ts'

/**
 * `SELECT` and the columns of a shape; for accounts, with `m`: true if the viewer manages the row's
 * account.
 */
export function selectList(
  catalog: CollectionSet,
  viewer: RequestInfo,
  { collection, list }: Shape,
  isDistinct: boolean,
): SQL {
  const distinct = isDistinct ? sql`DISTINCT ` : sql``
  if (collection.auth === undefined) return sql`SELECT ${distinct}${list}`
  return sql`SELECT ${distinct}${list}, ${manageFlag(catalog, viewer, collection)} AS "m"`
}

/** True if the viewer manages the account of the row. Evaluated only if it matters. */
export function manageFlag(
  catalog: CollectionSet,
  viewer: RequestInfo,
  collection: Collection,
): SQL {
  const rule = collection.rules.manage
  if (rule.kind !== 'filter' || viewer.isSuperuser || !viewer.auth) return sql`NULL`
  return ruleHolds(catalog, viewer, rule, storedRow(collection, columnOf(collection.name, 'id')))
}
