/*
 * The log of deliveries, and sending some of them again.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isHookEndpoint } from '#catalog/subscribers.ts'
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
import { eventJson, readEvent } from './claims.ts'
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

/** Plans a page of the log of a webhook, the newest first. */
export function planDeliveryList(endpoint: string, range: DeliveryRange & Paging): Plan<unknown> {
  const { page, perPage, skipTotal } = range
  const where = conditionOf(endpoint, range, range.state === '' ? states : [range.state])
  const found = all({
    webhook: selectEndpoint(endpoint),
    rows: one(
      sql`SELECT ${deliveryColumns} WHERE ${where}
        ORDER BY "d"."event" DESC, "d"."id" LIMIT ${perPage} OFFSET ${rowsBefore(range)}`,
      (rows) => rows.map(deliveryJson),
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
  return isHookEndpoint(endpoint) ? constant(undefined) : selectWebhook(endpoint)
}

/** Plans one delivery with the body of its request. */
export function planDeliveryView({ catalog }: PlanContext, id: string): Plan<unknown> {
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
    const isOfFunction = isHookEndpoint(String(row?.['endpoint']))
    if (row === undefined || (webhook === undefined && !isOfFunction)) {
      throw new ApiError(commonErrors.notFound)
    }
    return { ...deliveryJson(row), body: bodyOrNothing() }

    function bodyOrNothing(): string {
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

/** Plans to send a delivery again, under its id. */
export function planReplayOne(now: Date, id: string): Plan<{ count: number }> {
  return one(replay(now, sql`"id" = ${id}`), (rows) => {
    if (rows.length === 0) throw new ApiError(commonErrors.notFound)
    return { count: 1 }
  })
}

/** Plans to send deliveries of a webhook again: the dead and paused ones, or all in a state. */
export function planReplay(
  now: Date,
  endpoint: string,
  range: DeliveryRange,
): Plan<{ count: number }> {
  const chosen = range.state === '' ? ['dead', 'paused'] : [range.state]
  const where = conditionOf(endpoint, range, chosen)
  const counted: Query<readonly unknown[]> = list<unknown>([
    selectEndpoint(endpoint),
    one(sql`SELECT count(*) AS "count" FROM ${deliveriesTable} AS "d" WHERE ${where}`, ([row]) =>
      readNumber(row, 'count'),
    ),
    rowsOf([
      replay(
        now,
        sql`"id" IN (SELECT "d"."id" FROM ${deliveriesTable} AS "d" WHERE ${where})`,
        'silent',
      ),
    ]),
  ])
  return map(counted, ([, count]) => ({ count: Number(count) }))
}

/** Attempts count on, and the schedule begins again. */
function replay(now: Date, where: SQL, report: 'ids' | 'silent' = 'ids'): SQL {
  const returning = report === 'ids' ? sql` RETURNING "id"` : sql``
  return sql`UPDATE ${deliveriesTable} SET "state" = 'waiting', "due" = ${unixSeconds(now)}, "attemptsBefore" = "attempts"
    WHERE ${where}${returning}`
}

function conditionOf(
  endpoint: string,
  { since, until }: DeliveryRange,
  chosen: readonly string[],
): SQL {
  return allOf([
    sql`"d"."endpoint" = ${endpoint}`,
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
  }),
)

function deliveryJson(row: Row) {
  const { id, endpoint, recordRef, eventType, state, attempts, due, ...last } = stored().parse(row)
  return {
    id,
    webhook: endpoint,
    type: `record.${eventType ?? ''}`,
    record: recordRef,
    state,
    attempts,
    next: state === 'waiting' ? dateOf(due) : '',
    status: last.status ?? 0,
    error: last.error ?? '',
    answer: last.answer ?? '',
    tookMs: last.tookMs ?? 0,
    attempted: dateOf(last.attempted ?? undefined),
    created: dateOf(last.created),
  }
}
