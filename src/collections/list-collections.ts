import { type SQL, sql } from 'drizzle-orm'
import { readNumber } from '#database/read-number.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { createSimpleQuery, type SimpleQuery } from '#filter/simple-query.ts'
import { type Paging, rowsBefore } from '#http/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { type CollectionJson, definitionJson } from './definition-json.ts'
import { decodeStored } from '#catalog/stored-definition.ts'
import { all, constant, map, one, type Plan } from '#database/query.ts'

/** The parameters of a list. An empty string counts as absent. */
export interface ListParameters extends Paging {
  readonly filter: string
  readonly sort: string
}

/** A page of collections. Totals are -1 if they were not requested. */
export interface CollectionPage {
  readonly items: readonly CollectionJson[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

const table = '_collections'
const columns = ['id', 'created', 'updated', 'name', 'system', 'type']

/**
 * Plans a list of collections, in the order of creation unless a sort is given.
 *
 * Database: 1 batch of 1 statement, 2 with totals.
 *
 * @throws {ApiError} `badRequest`
 */
export function planCollectionList(now: Date, parameters: ListParameters): Plan<CollectionPage> {
  const { page, perPage, skipTotal } = parameters
  const query = createSimpleQuery({ alias: table, columns, now })
  const from = sql`FROM ${sql.identifier(table)}${whereTerm(query, parameters.filter)}`
  const order = orderTerm(query, parameters.sort)
  const select = sql`SELECT * ${from}${order} LIMIT ${perPage} OFFSET ${rowsBefore({ page, perPage })}`
  const total = sql`SELECT COUNT(*) AS "total" ${from}`
  const found = all({
    items: one(select, (rows) => rows.map((row) => definitionJson(decodeStored(row)))),
    totalItems: skipTotal ? constant(-1) : one(total, ([row]) => readNumber(row, 'total')),
  })
  return map(found, ({ items, totalItems }) => {
    const totalPages = skipTotal ? -1 : Math.ceil(totalItems / perPage)
    return { items, page, perPage, totalItems, totalPages }
  })
}

function whereTerm(query: SimpleQuery, filter: string): SQL {
  if (filter === '') return sql``
  const parsed = parseFilter(filter)
  const where = parsed.ok ? query.where(parsed.filter) : parsed
  if (!where.ok) throw new ApiError(commonErrors.badRequest)
  return sql` WHERE ${where.sql}`
}

function orderTerm(query: SimpleQuery, sort: string): SQL {
  const order = query.orderBy(sort)
  if (!order.ok) throw new ApiError(commonErrors.badRequest)
  if (order.terms.length === 0) return sql` ORDER BY "_rowid_"`
  return sql` ORDER BY ${sql.join([...order.terms], sql`, `)}`
}
