import { type SQL, sql } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, map, one, type Plan } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import type { FilterError } from '#filter/filter-error.ts'
import { parseFilter } from '#filter/parse.ts'
import { createFilterQuery, type FilterQuery, isExcess } from '#filter/query.ts'
import type { Paging } from '#http/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import { recordErrors } from '#records/errors.ts'
import { columnOf } from '#records/identifiers.ts'
import { selectRecords } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'
import { type RequestFacts, type Viewer, viewerOf } from '#records/request-info.ts'

/** A page of records; totals are -1 when they were not asked for. */
export interface RecordPage {
  readonly items: readonly RecordJson[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

/** The parameters of a list; an empty string means the parameter was not sent. */
export interface ListParameters extends Paging {
  readonly filter: string
  readonly sort: string
}

/** A client's filter is at most so long, in bytes. */
export const maxFilterBytes = 3500

/**
 * Plans the list of a collection's records that the viewer may list, filtered, sorted and expanded.
 *
 * Database: 1 batch of 1 statement, 2 with totals.
 *
 * @throws {ApiError} `superusersOnly`, `filterByCollection`, `filterByRequest`, `filterTooBroad`, `filterTooComplex`,
 * `expandTooLarge`,
 * `badRequest`
 */
export function planList(
  scope: PlanContext,
  collection: Collection,
  facts: RequestFacts,
  parameters: ListParameters,
): Plan<RecordPage> {
  const viewer = viewerOf(scope, facts)
  const rule = collection.rules.list
  if (rule.kind === 'locked' && !viewer.isSuperuser) throw new ApiError(commonErrors.superusersOnly)
  refuseReservedWords(viewer, parameters)

  const { collections } = scope.catalog
  const { page, perPage, skipTotal } = parameters
  const query = listQuery(collections, viewer, collection, scope.now)
  addConditions(query, viewer, collection, parameters.filter)
  accepted(query.orderBy(parameters.sort, accessOf(viewer)))
  const compiled = accepted(query.compile())
  const where = compiled.where ?? sql`TRUE`
  const order = orderBy(compiled.order)
  const table = sql`FROM ${sql.identifier(collection.name)} ${compiled.joins}`
  const items = selectRecords(
    collections,
    viewer,
    {
      collection,
      isDistinct: compiled.hasJoins,
      with: compiled.with,
      from: sql`${table} WHERE ${where}${order} LIMIT ${integer(perPage)} OFFSET ${integer(perPage * (page - 1))}`,
    },
    { expand: facts.query['expand'], onExcess: 'refuse' },
  )
  const counted = compiled.hasJoins ? sql`DISTINCT ${columnOf(collection.name, 'id')}` : sql`*`
  const count = sql`${compiled.with}SELECT COUNT(${counted}) AS "total" ${table} WHERE ${where}`
  const total = skipTotal ? constant(-1) : one(count, ([row]) => readNumber(row, 'total'))
  return {
    ...map(all({ items, total }), (found) => {
      const totalPages = skipTotal ? -1 : Math.ceil(found.total / perPage)
      return { items: found.items, page, perPage, totalItems: found.total, totalPages }
    }),
    explain: (error) =>
      isExcess(error) ? new ApiError(recordErrors.filterTooBroad, { cause: error }) : undefined,
  }
}

/** Reserved words give clients no view of the request or of other collections, not even in a literal. */
function refuseReservedWords(viewer: Viewer, { filter, sort }: ListParameters): void {
  if (viewer.isSuperuser) return
  for (const text of [filter, sort]) {
    if (!hasReservedWords(text)) continue
    if (text.includes('@collection.')) throw new ApiError(recordErrors.filterByCollection)
    if (text.includes('@request.')) throw new ApiError(recordErrors.filterByRequest)
  }
}

/** Whether a text has words in it that are for rules, and for superusers. */
export function hasReservedWords(text: string): boolean {
  return text.includes('@collection.') || text.includes('@request.')
}

function listQuery(
  catalog: CollectionSet,
  { request }: Viewer,
  collection: Collection,
  now: Date,
): FilterQuery {
  const base = { collection, alias: collection.name }
  return createFilterQuery({ catalog, request, base, now, node: 'statement' })
}

function addConditions(
  query: FilterQuery,
  viewer: Viewer,
  { rules }: Collection,
  filter: string,
): void {
  if (!viewer.isSuperuser && rules.list.kind === 'broken')
    throw new ApiError(commonErrors.badRequest)
  if (!viewer.isSuperuser && rules.list.kind === 'filter') {
    accepted(query.where(rules.list.filter, 'rule'))
  }
  if (filter === '') return
  if (byteLength(filter) > maxFilterBytes) throw new ApiError(commonErrors.badRequest)
  const parsed = accepted(parseFilter(filter))
  accepted(query.where(parsed.filter, accessOf(viewer)))
}

function orderBy(terms: readonly SQL[]): SQL {
  return terms.length === 0 ? sql`` : sql` ORDER BY ${sql.join([...terms], sql`, `)}`
}

function accessOf(viewer: Viewer): 'rule' | 'client' {
  return viewer.isSuperuser ? 'rule' : 'client'
}

/**
 * Unwraps what the filter language accepted; what is wrong with a refused text is not revealed, save that
 * it is too large.
 */
function accepted<T extends { readonly ok: boolean }>(
  result: T | { readonly ok: false; readonly fault: FilterError },
): Extract<T, { ok: true }> {
  if (!result.ok) {
    const isTooLarge = 'fault' in result && result.fault.isLimit
    throw new ApiError(isTooLarge ? recordErrors.filterTooComplex : commonErrors.badRequest)
  }
  return result as Extract<T, { ok: true }>
}

/** D1 binds JavaScript numbers as reals, which LIMIT refuses. */
function integer(value: number): SQL {
  return sql`CAST(${value} AS INTEGER)`
}
