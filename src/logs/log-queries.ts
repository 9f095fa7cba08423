import { type SQL, sql } from 'drizzle-orm'
import { all, constant, map, one, type Plan } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { logsTable } from '#database/schema.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { createSimpleQuery, type SimpleQuery } from '#filter/simple-query.ts'
import { type Paging, rowsBefore } from '#http/query.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import { logErrors } from './errors.ts'
import type { LogEntry } from './log-entry.ts'
import { logColumns, logsTableName, toLogEntry } from './store.ts'

/** The parameters of a list. An empty string counts as absent. */
export interface LogListParameters extends Paging {
  readonly filter: string
  readonly sort: string
}

/** A page of entries. Totals are -1 if they were not requested. */
export interface LogPage {
  readonly items: readonly LogEntry[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

/** The number of entries in an hour. */
export interface LogHour {
  readonly date: string
  readonly total: number
}

/**
 * Plans a list of entries, in the order in which they were written unless a sort is given.
 *
 * Database: 1 statement, 2 with totals.
 *
 * @throws {ApiError} `badRequest`
 */
export function planLogList(now: Date, parameters: LogListParameters): Plan<LogPage> {
  const { page, perPage, skipTotal, filter, sort } = parameters
  const query = logQuery(now)
  const from = sql`FROM ${logsTable}${whereTerm(query, filter, commonErrors.badRequest)}`
  const select = sql`SELECT * ${from}${orderTerm(query, sort)} LIMIT ${perPage} OFFSET ${rowsBefore(parameters)}`
  const total = sql`SELECT COUNT(*) AS "total" ${from}`
  const found = all({
    items: one(select, (rows) => rows.map(toLogEntry)),
    totalItems: skipTotal ? constant(-1) : one(total, ([row]) => readNumber(row, 'total')),
  })
  return map(found, ({ items, totalItems }) => {
    const totalPages = skipTotal ? -1 : Math.ceil(totalItems / perPage)
    return { items, page, perPage, totalItems, totalPages }
  })
}

/**
 * Plans the number of entries in each hour that has any, oldest first.
 *
 * Database: 1 statement.
 *
 * @throws {ApiError} `filterInvalid`
 */
export function planLogStats(now: Date, filter: string): Plan<readonly LogHour[]> {
  const where = whereTerm(logQuery(now), filter, logErrors.filterInvalid)
  const hours = sql`SELECT strftime('%Y-%m-%d %H:00:00.000Z', "created") AS "hour", COUNT(*) AS "total"
    FROM ${logsTable}${where} GROUP BY "hour" ORDER BY "hour"`
  return one(hours, (rows) =>
    rows.map((row) => ({ date: String(row['hour']), total: readNumber(row, 'total') })),
  )
}

/**
 * Plans a view of one entry. Fails with `notFound` if it does not exist.
 *
 * Database: 1 statement.
 */
export function planLogView(id: string): Plan<LogEntry> {
  return one(sql`SELECT * FROM ${logsTable} WHERE "id" = ${id}`, ([row]) => {
    if (row === undefined) throw new ApiError(commonErrors.notFound)
    return toLogEntry(row)
  })
}

/** The filters and sorts that log entries allow. */
export function logQuery(now: Date): SimpleQuery {
  return createSimpleQuery({
    alias: logsTableName,
    columns: logColumns,
    jsonColumns: ['data'],
    now,
  })
}

function whereTerm(query: SimpleQuery, filter: string, refusal: ErrorSpec): SQL {
  return filter === '' ? sql`` : sql` WHERE ${logCondition(query, filter, refusal)}`
}

/**
 * The condition of a filter.
 *
 * @throws {ApiError} `refusal`
 */
export function logCondition(query: SimpleQuery, filter: string, refusal: ErrorSpec): SQL {
  const parsed = parseFilter(filter)
  const where = parsed.ok ? query.where(parsed.filter) : parsed
  if (!where.ok) throw new ApiError(refusal)
  return where.sql
}

function orderTerm(query: SimpleQuery, sort: string): SQL {
  const order = query.orderBy(sort)
  if (!order.ok) throw new ApiError(commonErrors.badRequest)
  if (order.terms.length === 0) return sql` ORDER BY "_rowid_"`
  return sql` ORDER BY ${sql.join([...order.terms], sql`, `)}`
}
