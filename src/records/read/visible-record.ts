import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, map, type Query } from '#database/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { accessTo } from '#records/access.ts'
import type { ExpandAllowance } from '#records/expand-allowance.ts'
import { columnOf } from '#records/identifiers.ts'
import { requestInfoOf } from '#records/request-info.ts'
import { selectRecords } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'

/** The expansion of a record that a write answers with. */
interface VisibleExpansion {
  readonly expand: string | undefined
  readonly allowance?: ExpandAllowance | undefined
}

/**
 * Selects a record as a view by the caller would show it, for a request of any kind; undefined if
 * the caller may not view it. Database: 1 statement, or none if the view rule is locked.
 */
export function selectVisible(
  context: PlanContext,
  collection: Collection,
  id: string | SQL,
  info: RequestInfo,
  { expand, allowance }: VisibleExpansion = { expand: undefined },
): Query<RecordJson | undefined> {
  const { collections } = context.catalog
  const { query, headers } = info
  const viewer = requestInfoOf(context, { ...info, method: 'GET', query, headers, body: {} })
  const access = accessTo(collections, viewer, {
    rule: collection.rules.view,
    base: {
      collection,
      alias: collection.name,
      where: sql`${columnOf(collection.name, 'id')} = ${id}`,
    },
    now: context.now,
  })
  if (!access.isGranted) return constant(undefined)
  const source = {
    collection,
    isDistinct: access.isDistinct,
    with: access.with,
    from: sql`FROM ${sql.identifier(collection.name)} ${access.joins} WHERE ${access.where}`,
  }
  const expansion = { expand, onExcess: 'omit', allowance } as const
  return map(selectRecords(collections, viewer, source, expansion), ([record]) => record)
}
