import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, map, one, type Plan } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { integer } from '#database/integer.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { isExcess } from '#filter/query.ts'
import type { Paging } from '#http/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { accessTo } from '#records/access.ts'
import { recordErrors } from '#records/errors.ts'
import { columnOf } from '#records/identifiers.ts'
import { selectRecords } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'
import { requestInfoOf } from '#records/request-info.ts'

/** A page of records. Totals are -1 if they were not requested. */
export interface RecordPage {
  readonly items: readonly RecordJson[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

/** The parameters of a list. An empty string counts as absent. */
export interface ListParameters extends Paging {
  readonly filter: string
  readonly sort: string
}

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
  context: PlanContext,
  collection: Collection,
  info: RequestInfo,
  parameters: ListParameters,
): Plan<RecordPage> {
  const viewer = requestInfoOf(context, info)
  const { collections } = context.catalog
  const { page, perPage, skipTotal, filter, sort } = parameters
  const access = accessTo(collections, viewer, {
    rule: collection.rules.list,
    base: { collection, alias: collection.name },
    client: { filter, sort, access: viewer.isSuperuser ? 'rule' : 'client' },
    now: context.now,
    node: 'statement',
  })
  if (!access.isGranted) {
    throw new ApiError(access.error, { rule: `${collection.name}.listRule` })
  }
  const table = sql`FROM ${sql.identifier(collection.name)} ${access.joins} WHERE ${access.where}`
  const order =
    access.order.length === 0 ? sql`` : sql` ORDER BY ${sql.join([...access.order], sql`, `)}`
  const items = selectRecords(
    collections,
    viewer,
    {
      collection,
      isDistinct: access.isDistinct,
      with: access.with,
      from: sql`${table}${order} LIMIT ${integer(perPage)} OFFSET ${integer(perPage * (page - 1))}`,
    },
    { expand: info.query['expand'], onExcess: 'refuse' },
  )
  const counted = access.isDistinct ? sql`DISTINCT ${columnOf(collection.name, 'id')}` : sql`*`
  const count = sql`${access.with}SELECT COUNT(${counted}) AS "total" ${table}`
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
