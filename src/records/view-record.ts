import { sql } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import type { Plan, Scope } from '#collections/transact.ts'
import { createFilterQuery } from '#filter/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { columnOf } from './identifiers.ts'
import { planRecordSelect, type RecordSelect } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'
import { type RequestFacts, type Viewer, viewerOf } from './viewer.ts'

/**
 * Plans the view of one record. A record that the viewer may not see is not there.
 *
 * Database: 1 batch of 1 statement.
 *
 * @throws {ApiError} `superusersOnly`, `notFound`
 */
export function planView(
  scope: Scope,
  collection: Collection,
  facts: RequestFacts,
  id: string,
): Plan<RecordJson> {
  const viewer = viewerOf(scope, facts)
  const rule = collection.rules.view
  if (rule.kind === 'locked' && !viewer.isSuperuser) throw new ApiError(commonErrors.superusersOnly)

  const { collections } = scope.catalog
  const query = createFilterQuery({
    catalog: collections,
    request: viewer.request,
    base: { collection, alias: collection.name },
    now: scope.now,
  })
  const isAsked = rule.kind !== 'open' && !viewer.isSuperuser
  const condition = rule.kind === 'filter' && isAsked ? query.where(rule.filter, 'rule') : undefined
  if (isAsked && !condition?.ok) throw new ApiError(commonErrors.notFound)

  const sameId = sql`${columnOf(collection.name, 'id')} = ${id}`
  const where = condition?.ok ? sql`${sameId} AND (${condition.sql})` : sameId
  const select = planRecordSelect(
    collections,
    viewer,
    {
      collection,
      isDistinct: query.hasJoins,
      from: sql`FROM ${sql.identifier(collection.name)} ${query.joins() ?? sql``} WHERE ${where}`,
    },
    facts.query['expand'],
  )
  return {
    statements: [select.statement],
    answer: ([rows = []]) => {
      const [record] = select.read(rows)
      if (record === undefined) throw new ApiError(commonErrors.notFound)
      return record
    },
  }
}

/** Plans the reading of a record whatever its rules say; what a write or a sign-in answers with. */
export function selectRecord(
  scope: Scope,
  viewer: Viewer,
  collection: Collection,
  id: string,
  expand: string | undefined,
): RecordSelect {
  return planRecordSelect(
    scope.catalog.collections,
    viewer,
    {
      collection,
      isDistinct: false,
      from: sql`FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${id}`,
    },
    expand,
  )
}
