/*
 * The rows of deliveries. Who delivers first claims due rows by moving their next attempt into the
 * future. If it dies between sending and noting, the claim runs out and the delivery is repeated
 * under its id. That is the only way to a duplicate.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Row } from '#database/batch.ts'
import { raiseRevision } from '#database/revision.ts'
import { deliveriesTable, eventsTable, webhooksTable } from '#database/schema.ts'
import { isTaskEndpoint } from '#catalog/subscribers.ts'
import { storedEvent } from './delivery-body.ts'
import { maxCalls } from './schedule.ts'

/** Deliveries sent at the same time. A Worker may have six open connections. */
export const roundSize = 6
/** Of these for one endpoint, as long as others wait. */
const fairShare = 2

/** The lifetime of a claim: longer than the longest attempt and its note. */
const claimSeconds = 90

const daySeconds = 24 * 60 * 60
const keptSeconds = { done: 3 * daySeconds, dead: 30 * daySeconds, paused: 30 * daySeconds }

/** A claimed delivery. */
export interface Claim {
  readonly id: string
  /** Includes this attempt. Distinguishes this claim from a later one. */
  readonly attempts: number
  /** The attempts since the last replay. */
  readonly round: number
  readonly endpoint: string
  /** The columns of its event and webhook as JSON; undefined if there is none. */
  readonly event: string | undefined
  readonly webhook: string | undefined
}

const claimed = lazy(() =>
  z.object({
    id: z.string(),
    attempts: z.number(),
    attemptsBefore: z.number(),
    endpoint: z.string(),
    event: z.string().nullable(),
    webhook: z.string().nullable(),
  }),
)

/**
 * Claims due deliveries, at most two of an endpoint while others wait; read its rows with
 * `readClaims`. An ordered one waits for earlier ones of its record. Concurrent claims never return
 * the same row.
 */
export function claimDue(now: number): SQL {
  const candidates = sql`SELECT "id" FROM ${deliveriesTable} AS "d" WHERE "d"."endpoint" = "w"."id"
    AND "d"."state" = 'waiting' AND "d"."due" <= ${now} AND NOT ("d"."ordered" = 1 AND EXISTS (
      SELECT 1 FROM ${deliveriesTable} AS "p" WHERE "p"."ordered" = 1 AND "p"."state" = 'waiting'
        AND "p"."endpoint" = "d"."endpoint" AND "p"."recordRef" = "d"."recordRef" AND "p"."event" < "d"."event"))
    ORDER BY "d"."due", "d"."event" LIMIT ${roundSize}`
  const ranked = sql`SELECT "d"."id", "d"."due", "d"."event", row_number() OVER (PARTITION BY "d"."endpoint" ORDER BY "d"."due", "d"."event") AS "n"
    FROM ${webhooksTable} AS "w" JOIN ${deliveriesTable} AS "d" ON "d"."id" IN (${candidates})
    WHERE "w"."enabled" = 1 AND "w"."pausedUntil" <= ${now}`
  return sql`UPDATE ${deliveriesTable} SET "attempts" = "attempts" + 1, "due" = ${now + claimSeconds}
    WHERE "id" IN (SELECT "id" FROM (${ranked}) ORDER BY "n" > ${fairShare}, "due", "event" LIMIT ${roundSize})
    RETURNING "id", "attempts", "attemptsBefore", "endpoint", ${eventJson} AS "event", ${webhookJson} AS "webhook"`
}

/**
 * Claims due calls of functions of the application, whose endpoints are these, at most two of an
 * endpoint while others wait. Concurrent claims never return the same row.
 */
export function claimCalls(endpoints: readonly string[], now: number): SQL {
  const candidates = sql`SELECT "c"."id" FROM ${deliveriesTable} AS "c" WHERE "c"."endpoint" = "e"."value"
    AND "c"."state" = 'waiting' AND "c"."due" <= ${now} AND NOT ${hasEnded(sql`"c"`)} ORDER BY "c"."due", "c"."event", "c"."rowid" LIMIT ${roundSize}`
  const ranked = sql`SELECT "d"."id", "d"."due", "d"."event", "d"."rowid" AS "row",
      row_number() OVER (PARTITION BY "d"."endpoint" ORDER BY "d"."due", "d"."event", "d"."rowid") AS "n"
    FROM json_each(${JSON.stringify(endpoints)}) AS "e" JOIN ${deliveriesTable} AS "d" ON "d"."id" IN (${candidates})`
  return sql`UPDATE ${deliveriesTable} SET "attempts" = "attempts" + 1, "running" = 1, "due" = ${now} + ${callClaimSeconds}
    WHERE "id" IN (SELECT "id" FROM (${ranked}) ORDER BY "n" > ${fairShare}, "due", "event", "row" LIMIT ${roundSize})
    RETURNING "id", "attempts", "attemptsBefore", "endpoint", ${eventJson} AS "event", NULL AS "webhook", "payload", "depth",
      (SELECT "e"."write" FROM ${eventsTable} AS "e" WHERE "e"."seq" = ${deliveriesTable}."event") AS "write"`
}

/** True for a call that has ended the host at every attempt: it is given up, and not called again. */
function hasEnded(row: SQL): SQL {
  return sql`(${row}."running" = 1 AND ${row}."attempts" - ${row}."attemptsBefore" >= ${maxCalls})`
}

/**
 * The lifetime of a claim of a call. If the host ends during it, as a call may cause, the next one
 * waits as after a failure.
 */
const callClaimSeconds = sql`max(${claimSeconds}, min(3600, 60 << min(6, max(0, "attempts" - "attemptsBefore" - 1))))`

/** A call that is under way, unless its host has ended. */
export function isRunning(now: number): SQL {
  return sql`("running" = 1 AND "due" > ${now})`
}

/** A claimed call of a function. */
export interface CallClaim extends Claim {
  /** The payload of a task as JSON; undefined without one. */
  readonly payload: string | undefined
  /** The depth of the hooks that its writes run. */
  readonly depth: number
}

/** Reads the row of a claimed call. Throws for one that no version of this code stores. */
export function readCallClaim(row: Row): CallClaim {
  const [claim] = readClaims([row])
  if (claim === undefined) throw new Error('No claim.')
  const { payload, depth, write } = row
  return {
    ...claim,
    payload: typeof payload === 'string' ? payload : undefined,
    // The writes of a hook are deeper than the write that it follows.
    depth: isTaskEndpoint(claim.endpoint) ? Number(depth) : depthOf(write) + 1,
  }
}

/** The depth of the hook that made a write, from the mark of its events. */
function depthOf(write: unknown): number {
  return Number(/:(\d+)$/.exec(String(write))?.[1] ?? 0)
}

/** True for an endpoint that is a function of the application. A range, so that an index serves it. */
export function functionEndpoints(endpoint: SQL): SQL {
  return sql`((${endpoint} >= 'hook:' AND ${endpoint} < 'hook;') OR (${endpoint} >= 'task:' AND ${endpoint} < 'task;'))`
}

const ofFunctions = functionEndpoints(sql`"endpoint"`)

/**
 * Gives up due calls of functions that the application has no more, and of those that have ended the
 * host at every attempt. They can be replayed.
 */
export function giveUpCalls(endpoints: readonly string[], now: number): SQL[] {
  const isDue = sql`"state" = 'waiting' AND "due" <= ${now}`
  const dead = sql`"state" = 'dead', "running" = 0, "due" = ${now + keptSeconds.dead}`
  return [
    sql`UPDATE ${deliveriesTable} SET ${dead}, "error" = 'unknown' WHERE ${ofFunctions} AND ${isDue}
      AND "endpoint" NOT IN (SELECT "value" FROM json_each(${JSON.stringify(endpoints)}))`,
    sql`UPDATE ${deliveriesTable} SET ${dead}, "error" = 'ended' WHERE ${ofFunctions} AND ${isDue}
      AND ${hasEnded(sql`${deliveriesTable}`)}`,
  ]
}

/** Removes deliveries to functions that were kept long enough. */
export function removeOldCalls(now: number): SQL {
  return sql`DELETE FROM ${deliveriesTable} WHERE "id" IN (SELECT "id" FROM ${deliveriesTable}
    WHERE ${ofFunctions} AND "state" <> 'waiting' AND "due" <= ${now} LIMIT 1000)`
}

/** The event of a delivery as JSON, in a statement about `_deliveries`. */
export const eventJson: SQL = sql`(SELECT json_object('type', "e"."type", 'collectionRef', "e"."collectionRef",
  'recordRef', "e"."recordRef", 'columns', "e"."columns", 'record', "e"."record", 'previous', "e"."previous",
  'actor', "e"."actor", 'at', "e"."at") FROM ${eventsTable} AS "e" WHERE "e"."seq" = ${deliveriesTable}."event")`

/** `json_object` takes sixteen members. NULL may only be in the first: `json_patch` removes it. */
const webhookJson: SQL = sql`(SELECT json_patch(
  json_object('id', "w"."id", 'name', "w"."name", 'url', "w"."url", 'secret', "w"."secret", 'previousSecret', "w"."previousSecret",
    'previousUntil', "w"."previousUntil", 'collectionRef', "w"."collectionRef", 'events', "w"."events", 'filter', "w"."filter",
    'fields', "w"."fields", 'payload', "w"."payload", 'failingSince', "w"."failingSince", 'succeeded', "w"."succeeded"),
  json_object('ordered', "w"."ordered", 'headers', "w"."headers", 'timeout', "w"."timeout", 'enabled', "w"."enabled",
    'reason', "w"."reason", 'pausedUntil', "w"."pausedUntil",
    'created', "w"."created", 'updated', "w"."updated")) FROM ${webhooksTable} AS "w" WHERE "w"."id" = ${deliveriesTable}."endpoint")`

/** Reads the rows of a claim. */
export function readClaims(rows: readonly Row[]): Claim[] {
  return rows.map((row) => {
    const { event, webhook, attemptsBefore, ...same } = claimed().parse(row)
    return {
      ...same,
      round: same.attempts - attemptsBefore,
      event: event ?? undefined,
      webhook: webhook ?? undefined,
    }
  })
}

/** Reads the event of a claim. Throws for one that no version of this code stores. */
export function readEvent(json: string | undefined) {
  return storedEvent().parse(JSON.parse(json ?? 'null'))
}

/** The outcome of an attempt. */
export interface Outcome {
  /** The status of the answer, if there was one. */
  readonly status: number | undefined
  readonly error: string
  /** The beginning of the answer. */
  readonly answer: string
  readonly tookMs: number
}

/** The statements that note a success. */
export function noteDone(claim: Claim, outcome: Outcome, now: number): SQL[] {
  return [
    note(claim, outcome, now, 'done', now + keptSeconds.done),
    sql`UPDATE ${webhooksTable} SET "succeeded" = ${now}, "failingSince" = NULL, "isReported" = 0, "reason" = ''
      WHERE "id" = ${claim.endpoint} AND "enabled" = 1`,
  ]
}

/** The statements that note a failure: the next attempt is due then, or never. */
export function noteFailed(
  claim: Claim,
  outcome: Outcome,
  now: number,
  due: number | undefined,
): SQL[] {
  const noted =
    due === undefined
      ? note(claim, outcome, now, 'dead', now + keptSeconds.dead)
      : note(claim, outcome, now, 'waiting', due)
  return [
    noted,
    sql`UPDATE ${webhooksTable} SET "failingSince" = ifnull("failingSince", ${now}) WHERE "id" = ${claim.endpoint}`,
  ]
}

/** The statement that notes a call of a function. After a failure, the next is due then, or never. */
export function noteCall(
  claim: Claim,
  outcome: Outcome,
  now: number,
  due: number | undefined,
): SQL {
  if (outcome.error === '') return note(claim, outcome, now, 'done', now + keptSeconds.done)
  return due === undefined
    ? note(claim, outcome, now, 'dead', now + keptSeconds.dead)
    : note(claim, outcome, now, 'waiting', due)
}

/** Gives up a delivery that can never be sent. It does not count against its endpoint. */
export function noteUnreadable(claim: Claim, error: string, now: number): SQL[] {
  const outcome = { status: undefined, error, answer: '', tookMs: 0 }
  return [note(claim, outcome, now, 'dead', now + keptSeconds.dead)]
}

/** Sends nothing to an endpoint for some time. */
export function pauseEndpoint(endpoint: string, until: number, reason?: string): SQL {
  const because = reason === undefined ? sql`` : sql`, "reason" = ${reason}`
  return sql`UPDATE ${webhooksTable} SET "pausedUntil" = max("pausedUntil", ${until})${because} WHERE "id" = ${endpoint}`
}

/** Puts a claim back that was no attempt. */
export function release({ id, attempts }: Claim, due: number): SQL {
  return sql`UPDATE ${deliveriesTable} SET "due" = ${due}, "attemptsBefore" = "attemptsBefore" + 1
    WHERE "id" = ${id} AND "attempts" = ${attempts}`
}

/** The statements that turn an endpoint off. What waits for it can be replayed. */
export function turnOff(endpoint: string, reason: string, now: number): SQL[] {
  return [
    sql`UPDATE ${webhooksTable} SET "enabled" = 0, "reason" = ${reason} WHERE "id" = ${endpoint}`,
    sql`UPDATE ${deliveriesTable} SET "state" = 'paused', "due" = ${now + keptSeconds.paused}
      WHERE "endpoint" = ${endpoint} AND "state" = 'waiting'`,
    raiseRevision,
  ]
}

function note(
  { id, attempts }: Claim,
  { status, error, answer, tookMs }: Outcome,
  now: number,
  state: string,
  due: number,
): SQL {
  return sql`UPDATE ${deliveriesTable} SET "state" = ${state}, "due" = ${due}, "status" = ${status ?? null},
    "error" = ${error}, "answer" = ${answer}, "tookMs" = ${Math.round(tookMs)}, "attempted" = ${now}, "running" = 0
    WHERE "id" = ${id} AND "attempts" = ${attempts}`
}
