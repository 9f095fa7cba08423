import { type SQL, sql } from 'drizzle-orm'
import { allOf } from '#database/long-expressions.ts'
import { all, one, type Plan } from '#database/query.ts'
import { findNumber, readNumber } from '#database/read-number.ts'
import { logsTable } from '#database/schema.ts'
import type { Row } from '#database/batch.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError } from '#kernel/errors.ts'
import { logErrors } from './errors.ts'
import { logCondition, logQuery } from './log-queries.ts'

/** The lengths of a step. */
export const logSteps = ['minute', 'hour', 'day'] as const
export type LogStep = (typeof logSteps)[number]

/** The range of a summary, and the length of its steps. */
export interface LogSummaryParameters {
  readonly filter: string
  readonly from: Date
  readonly to: Date
  readonly step: LogStep
}

/** The requests of a step: how they ended, how long they took, and what they asked of D1. */
export interface SummaryStep {
  /** The beginning of the step. */
  readonly at: string
  readonly ok: number
  readonly refused: number
  readonly failed: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly d1Batches: number
  /** Absent if the database does not count them. */
  readonly rowsRead: number | undefined
  readonly rowsWritten: number
}

/** The requests to a route. */
export interface RouteSummary {
  readonly method: string
  /** The pattern of the path. */
  readonly route: string
  readonly count: number
  readonly failed: number
  /** Milliseconds. */
  readonly p95: number
  /** Absent if the database does not count them. */
  readonly rowsRead: number | undefined
}

/** Steps with at least one request, oldest first, and the routes that took the most time. */
export interface LogSummary {
  readonly steps: readonly SummaryStep[]
  readonly routes: readonly RouteSummary[]
}

const milliseconds: Readonly<Record<LogStep, number>> = {
  minute: 60_000,
  hour: 60 * 60_000,
  day: 24 * 60 * 60_000,
}

const formats: Readonly<Record<LogStep, string>> = {
  minute: '%Y-%m-%d %H:%M:00.000Z',
  hour: '%Y-%m-%d %H:00:00.000Z',
  day: '%Y-%m-%d 00:00:00.000Z',
}

/** Maximum steps of a summary. */
const maxSteps = 500
/** Maximum routes of a summary. */
const maxRoutes = 20

/**
 * Plans a summary of the requests in a range.
 *
 * Database: 2 statements.
 *
 * @throws {ApiError} `filterInvalid`, `summaryTooLong`
 */
export function planLogSummary(now: Date, parameters: LogSummaryParameters): Plan<LogSummary> {
  const { filter, from, to, step } = parameters
  if ((to.getTime() - from.getTime()) / milliseconds[step] > maxSteps) {
    throw new ApiError(logErrors.summaryTooLong)
  }
  const conditions = [
    sql`"created" >= ${formatDate(from)} AND "created" < ${formatDate(to)}`,
    sql`"data" ->> 'type' = 'request'`,
    ...(filter === '' ? [] : [logCondition(logQuery(now), filter, logErrors.filterInvalid)]),
  ]
  const requests = sql`SELECT strftime(${formats[step]}, "created") AS "at",
      "data" ->> 'method' AS "method", "data" ->> 'route' AS "route", "data" ->> 'status' AS "status",
      "data" ->> 'execTime' AS "ms", "data" ->> 'd1Batches' AS "batches",
      "data" ->> 'd1RowsRead' AS "rowsRead", "data" ->> 'd1RowsWritten' AS "rowsWritten"
    FROM ${logsTable} WHERE ${allOf(conditions)}`
  const steps = sql`SELECT "at", SUM("status" < 400) AS "ok",
      SUM("status" >= 400 AND "status" < 500) AS "refused", SUM("status" >= 500) AS "failed",
      ${percentile(50)} AS "p50", ${percentile(95)} AS "p95", TOTAL("batches") AS "d1Batches",
      ${knownRowsRead} AS "rowsRead", TOTAL("rowsWritten") AS "rowsWritten"
    FROM (${ranked(requests, sql`"at"`)}) GROUP BY "at" ORDER BY "at" LIMIT ${maxSteps}`
  const routes = sql`SELECT "method", "route", COUNT(*) AS "count", SUM("status" >= 500) AS "failed",
      ${percentile(95)} AS "p95", ${knownRowsRead} AS "rowsRead"
    FROM (${ranked(requests, sql`"method", "route"`)}) WHERE "route" != ''
    GROUP BY "method", "route" ORDER BY TOTAL("ms") DESC LIMIT ${maxRoutes}`
  return all({
    steps: one(steps, (rows) => rows.map(toStep)),
    routes: one(routes, (rows) => rows.map(toRoute)),
  })
}

/** The rows read by a group, unless a request of it does not state them. */
const knownRowsRead = sql`CASE WHEN COUNT("rowsRead") = COUNT(*) THEN TOTAL("rowsRead") END`

/** Numbers the requests of a group by how long they took. */
function ranked(requests: SQL, group: SQL): SQL {
  return sql`SELECT *, ROW_NUMBER() OVER (PARTITION BY ${group} ORDER BY "ms") AS "rank",
    COUNT(*) OVER (PARTITION BY ${group}) AS "size" FROM (${requests})`
}

/** The smallest time that at least `percent` of a group did not exceed. */
function percentile(percent: number): SQL {
  return sql`COALESCE(MIN(CASE WHEN "rank" * 100 >= "size" * ${percent} THEN "ms" END), 0)`
}

function toStep(row: Row): SummaryStep {
  return {
    at: String(row['at']),
    ok: readNumber(row, 'ok'),
    refused: readNumber(row, 'refused'),
    failed: readNumber(row, 'failed'),
    p50: readNumber(row, 'p50'),
    p95: readNumber(row, 'p95'),
    d1Batches: readNumber(row, 'd1Batches'),
    rowsRead: findNumber(row, 'rowsRead'),
    rowsWritten: readNumber(row, 'rowsWritten'),
  }
}

function toRoute(row: Row): RouteSummary {
  return {
    method: String(row['method']),
    route: String(row['route']),
    count: readNumber(row, 'count'),
    failed: readNumber(row, 'failed'),
    p95: readNumber(row, 'p95'),
    rowsRead: findNumber(row, 'rowsRead'),
  }
}
