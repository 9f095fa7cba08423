/*
 * The log of deliveries, and sending some of them again.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isFunctionEndpoint, isTaskEndpoint } from '#catalog/subscribers.ts'
import type { Row } from '#database/batch.ts'
import { all, constant, list, map, one, type Plan, type Query, rowsOf } from '#database/query.ts'
import { allOf } from '#database/long-expressions.ts'
import { readNumber } from '#database/read-number.ts'
import { deliveriesTable, eventsTable, webhooksTable } from '#database/schema.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { assertValid, issuesOf, oneOf } from '#go-compat/validation-rules.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { ApiError, commonErrors, type FieldIssue } from '#kernel/errors.ts'
import { type Paging, rowsBefore } from '#http/query.ts'
import { eventJson, functionEndpoints, isRunning, readEvent } from './claims.ts'
import { type BodyForm, deliveryBody } from './delivery-body.ts'
import { dateOf, selectWebhook } from './manage-webhooks.ts'
import { decodeWebhook } from './webhook.ts'

const states = ['waiting', 'done', 'dead', 'paused'] as const

/** Deliveries of an endpoint, by the time of their event and their state. */
export interface DeliveryRange {
  readonly since: Date | undefined
  readonly until: Date | undefined
  /** Empty for all. */
  readonly state: string
}

/**
 * Reads `since`, `until` and `state`. An empty value counts as absent.
 *
 * @throws {ApiError} `validation_failed`
 */
export function readRange(values: Readonly<Record<string, string>>): DeliveryRange {
  const { since = '', until = '', state = '' } = values
  assertValid(
    issuesOf({
      since: momentIssue(since),
      until: momentIssue(until),
      state: oneOf(...states)(state),
    }),
  )
  return { since: momentOf(since), until: momentOf(until), state }
}

function momentIssue(text: string): FieldIssue | undefined {
  const isFine = text === '' || parseDate(text) !== ''
  return isFine ? undefined : { code: 'validation_invalid_date', message: 'Must be a valid date.' }
}

function momentOf(text: string): Date | undefined {
  return text === '' ? undefined : new Date(parseDate(text).replace(' ', 'T'))
}

/** Plans a page of the log of a webhook or a function, the newest first. */
export function planDeliveryList(
  { now }: PlanContext,
  endpoint: string,
  range: DeliveryRange & Paging,
): Plan<unknown> {
  return planPage(now, range, sql`"d"."endpoint" = ${endpoint}`, selectEndpoint(endpoint))
}

/** Plans a page of the calls of all functions of the application, the newest first. */
export function planCallList({ now }: PlanContext, range: DeliveryRange & Paging): Plan<unknown> {
  return planPage(now, range, functionEndpoints(sql`"d"."endpoint"`), constant(undefined))
}

function planPage(
  now: Date,
  range: DeliveryRange & Paging,
  endpoints: SQL,
  first: Query<unknown>,
): Plan<unknown> {
  const { page, perPage, skipTotal } = range
  const where = conditionOf(endpoints, range, range.state === '' ? states : [range.state])
  const found = all({
    first,
    rows: one(
      sql`SELECT ${deliveryColumns} WHERE ${where}
        ORDER BY "d"."created" DESC, "d"."rowid" DESC LIMIT ${perPage} OFFSET ${rowsBefore(range)}`,
      (rows) => rows.map((row) => deliveryJson(row, now)),
    ),
    total: one(
      sql`SELECT count(*) AS "total" FROM ${deliveriesTable} AS "d" WHERE ${where}`,
      ([row]) => readNumber(row, 'total'),
    ),
  })
  return map(found, ({ rows, total }) => ({
    items: rows,
    page,
    perPage,
    totalItems: skipTotal ? -1 : total,
    totalPages: skipTotal ? -1 : Math.ceil(total / perPage),
  }))
}

/** Fails for a webhook that does not exist. A function of the application is known by its deliveries only. */
function selectEndpoint(endpoint: string): Query<unknown> {
  return isFunctionEndpoint(endpoint) ? constant(undefined) : selectWebhook(endpoint)
}

/** Plans one delivery with the body of its request. */
export function planDeliveryView({ catalog, now }: PlanContext, id: string): Plan<unknown> {
  const found = list<readonly Row[]>([
    one(sql`SELECT ${deliveryColumns} WHERE "d"."id" = ${id}`, (rows) => rows),
    one(
      sql`SELECT ${eventJson} AS "event" FROM ${deliveriesTable} WHERE "id" = ${id}`,
      (rows) => rows,
    ),
    one(
      sql`SELECT "w".* FROM ${deliveriesTable} AS "d" JOIN ${webhooksTable} AS "w" ON "w"."id" = "d"."endpoint" WHERE "d"."id" = ${id}`,
      (rows) => rows,
    ),
  ])
  return map(found, ([rows = [], events = [], webhooks = []]) => {
    const [row] = rows
    const [webhook] = webhooks
    const isOfFunction = isFunctionEndpoint(String(row?.['endpoint']))
    if (row === undefined || (webhook === undefined && !isOfFunction)) {
      throw new ApiError(commonErrors.notFound)
    }
    return { ...deliveryJson(row, now), body: bodyOrNothing() }

    function bodyOrNothing(): string {
      // The payload of a task, and no event.
      if (typeof row?.['payload'] === 'string') return row['payload']
      try {
        const event = readEvent(String(events[0]?.['event']))
        const form = webhook === undefined ? shownInFull : decodeWebhook(webhook)
        return deliveryBody(catalog.collections, event, form)
      } catch (error) {
        // The event cannot be read, or its collection is gone; `error` of the delivery says so.
        if (error instanceof Error) return ''
        throw error
      }
    }
  })
}

const shownInFull: BodyForm = { payload: 'full', fields: [] }

type ReplayContext = Pick<PlanContext, 'now' | 'hooks'>

/** Plans to send a delivery again, under its id. A call that is under way goes on instead. */
export function planReplayOne(context: ReplayContext, id: string): Plan<{ count: number }> {
  const statements = [
    replay(context.now, sql`"id" = ${id}`),
    sql`SELECT "endpoint" FROM ${deliveriesTable} WHERE "id" = ${id}`,
  ]
  return map(rowsOf(statements), ([replayed = [], found = []]) => {
    if (found.length === 0) throw new ApiError(commonErrors.notFound)
    wakeFunction(context, String(found[0]?.['endpoint']))
    return { count: replayed.length }
  })
}

/** Plans to send deliveries of a webhook again: the dead and paused ones, or all in a state. */
export function planReplay(
  context: ReplayContext,
  endpoint: string,
  range: DeliveryRange,
): Plan<{ count: number }> {
  const chosen = range.state === '' ? ['dead', 'paused'] : [range.state]
  const inRange = conditionOf(sql`"d"."endpoint" = ${endpoint}`, range, chosen)
  const where = allOf([inRange, sql`NOT ${isRunning(unixSeconds(context.now))}`])
  const counted: Query<readonly unknown[]> = list<unknown>([
    selectEndpoint(endpoint),
    one(sql`SELECT count(*) AS "count" FROM ${deliveriesTable} AS "d" WHERE ${where}`, ([row]) =>
      readNumber(row, 'count'),
    ),
    rowsOf([
      replay(
        context.now,
        sql`"id" IN (SELECT "d"."id" FROM ${deliveriesTable} AS "d" WHERE ${where})`,
        'silent',
      ),
    ]),
  ])
  return map(counted, ([, count]) => {
    wakeFunction(context, endpoint)
    return { count: Number(count) }
  })
}

function wakeFunction({ hooks }: ReplayContext, endpoint: string): void {
  if (isFunctionEndpoint(endpoint)) hooks?.wake()
}

/** Attempts count on, and the schedule begins again. */
function replay(now: Date, where: SQL, report: 'ids' | 'silent' = 'ids'): SQL {
  const returning = report === 'ids' ? sql` RETURNING "id"` : sql``
  return sql`UPDATE ${deliveriesTable} SET "state" = 'waiting', "due" = ${unixSeconds(now)}, "attemptsBefore" = "attempts", "running" = 0
    WHERE ${where} AND NOT ${isRunning(unixSeconds(now))}${returning}`
}

function conditionOf(
  endpoints: SQL,
  { since, until }: DeliveryRange,
  chosen: readonly string[],
): SQL {
  return allOf([
    endpoints,
    sql`"d"."state" IN (SELECT value FROM json_each(${JSON.stringify(chosen)}))`,
    ...(since === undefined ? [] : [sql`"d"."created" >= ${unixSeconds(since)}`]),
    ...(until === undefined ? [] : [sql`"d"."created" <= ${unixSeconds(until)}`]),
  ])
}

const deliveryColumns = sql`"d".*, "e"."type" AS "eventType", "e"."collectionRef" AS "eventCollection"
  FROM ${deliveriesTable} AS "d" LEFT JOIN ${eventsTable} AS "e" ON "e"."seq" = "d"."event"`

const stored = lazy(() =>
  z.object({
    id: z.string(),
    endpoint: z.string(),
    recordRef: z.string(),
    eventType: z.string().nullable(),
    state: z.string(),
    attempts: z.number(),
    due: z.number(),
    status: z.number().nullable(),
    error: z.string().nullable(),
    answer: z.string().nullable(),
    tookMs: z.number().nullable(),
    attempted: z.number().nullable(),
    created: z.number(),
    key: z.string().nullable(),
    running: z.number(),
  }),
)

function deliveryJson(row: Row, now: Date) {
  const { id, endpoint, recordRef, eventType, state, attempts, due, ...last } = stored().parse(row)
  const isUnderWay = last.running === 1 && due > unixSeconds(now)
  return {
    id,
    webhook: endpoint,
    type: isTaskEndpoint(endpoint) ? 'task' : `record.${eventType ?? ''}`,
    record: recordRef,
    key: last.key ?? '',
    state,
    running: isUnderWay,
    attempts,
    next: state === 'waiting' && !isUnderWay ? dateOf(due) : '',
    status: last.status ?? 0,
    error: last.error ?? '',
    answer: last.answer ?? '',
    tookMs: last.tookMs ?? 0,
    attempted: dateOf(last.attempted ?? undefined),
    created: dateOf(last.created),
  }
}
