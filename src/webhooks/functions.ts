/*
 * The functions of an application that deliveries call: its durable hooks and its tasks, with the
 * state of their calls.
 */
import { sql } from 'drizzle-orm'
import { isFunctionEndpoint } from '#catalog/subscribers.ts'
import type { Row } from '#database/batch.ts'
import { one, type Plan } from '#database/query.ts'
import { deliveriesTable } from '#database/schema.ts'
import { findNumber } from '#database/read-number.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { functionEndpoints, isRunning } from './claims.ts'
import { dateOf } from './manage-webhooks.ts'

/** A function of the application, with its calls by state. */
export interface FunctionJson {
  /** `hook:<collection>:<name>` or `task:<name>`: the id of its deliveries. */
  readonly id: string
  readonly kind: 'hook' | 'task'
  /** Empty for a task. `*` for a hook of every collection. */
  readonly collection: string
  readonly name: string
  /** False for one that the application has no more. */
  readonly known: boolean
  readonly running: number
  readonly waiting: number
  readonly done: number
  readonly dead: number
  /** The next attempt; empty if none waits. */
  readonly next: string
  readonly lastSuccess: string
}

/** Plans the list of all functions, those included that only deliveries know. */
export function planFunctions(
  endpoints: readonly string[],
  now: Date,
): Plan<{ items: readonly FunctionJson[] }> {
  const running = isRunning(unixSeconds(now))
  const count = sql`SELECT "endpoint", sum(${running}) AS "running", sum("state" = 'waiting' AND NOT ${running}) AS "waiting",
      sum("state" = 'done') AS "done", sum("state" = 'dead') AS "dead",
      min(CASE WHEN "state" = 'waiting' AND NOT ${running} THEN "due" END) AS "next",
      max(CASE WHEN "state" = 'done' THEN "attempted" END) AS "succeeded"
    FROM ${deliveriesTable} WHERE ${functionEndpoints(sql`"endpoint"`)} GROUP BY "endpoint"`
  return one(count, (rows) => {
    const counted = new Map(rows.map((row) => [String(row['endpoint']), row]))
    const all = [...new Set([...endpoints, ...counted.keys()])].filter(isFunctionEndpoint)
    const known = new Set(endpoints)
    return { items: all.map((id) => functionJson(id, known.has(id), counted.get(id))) }
  })
}

function functionJson(id: string, known: boolean, row: Row | undefined): FunctionJson {
  const [kind, ...names] = id.split(':')
  const [name = ''] = names.slice(-1)
  const numberOf = (column: string): number => findNumber(row, column) ?? 0
  const momentOf = (column: string): string => dateOf(numberOf(column) || undefined)
  return {
    id,
    kind: kind === 'task' ? 'task' : 'hook',
    collection: names.slice(0, -1).join(':'),
    name,
    known,
    running: numberOf('running'),
    waiting: numberOf('waiting'),
    done: numberOf('done'),
    dead: numberOf('dead'),
    next: momentOf('next'),
    lastSuccess: momentOf('succeeded'),
  }
}
