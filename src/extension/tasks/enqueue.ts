import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { one, type Query } from '#database/query.ts'
import { deliveriesTable } from '#database/schema.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { byteLength } from '#kernel/text.ts'
import { isRunning } from '#webhooks/claims.ts'
import { pathOf, readBy } from './standard-schema.ts'
import type { AnyTask, Task } from './task.ts'
import type { TaskRegistry } from './task-registry.ts'

/** Options of enqueuing a task. */
export interface EnqueueOptions {
  /** Seconds to wait before it runs. Scheduled runs come once a minute. */
  readonly in?: number
  /** While a task of the same name and key waits, another one is not added. */
  readonly key?: string
}

/** The payload and the options. A task that takes undefined needs no payload. */
export type EnqueueArguments<Input> = undefined extends Input
  ? [payload?: Input, options?: EnqueueOptions]
  : [payload: Input, options?: EnqueueOptions]

/** Enqueues a task: by itself, or by its name. */
export interface Enqueue<Result> {
  // oxlint-disable-next-line typescript/no-explicit-any -- the payload that its function gets does not matter here
  <Input>(task: Task<Input, any>, ...args: EnqueueArguments<Input>): Result
  (name: string, payload?: unknown, options?: EnqueueOptions): Result
}

/** A call of a task to be stored. */
export interface EnqueueStep {
  readonly action: 'enqueue'
  readonly endpoint: string
  /** As JSON; undefined without one. */
  readonly payload: string | undefined
  readonly delaySeconds: number
  readonly key: string | undefined
  /**
   * Checks the payload by the schema of the task.
   *
   * @throws {TypeError} If the schema refuses it.
   */
  readonly check: () => Promise<void>
}

/** As for the records of events, so that no row grows without end. */
const maxPayloadBytes = 100_000
const maxKeyBytes = 255
const maxDelaySeconds = 366 * 24 * 60 * 60

/**
 * Prepares to store a call of a task.
 *
 * @throws {Error} For a task that the application does not have.
 * @throws {RangeError} For a payload that is too large, or options without a meaning.
 */
export function enqueueStep(
  tasks: TaskRegistry,
  wanted: string | AnyTask,
  payload: unknown,
  { in: delaySeconds = 0, key }: EnqueueOptions = {},
): EnqueueStep {
  const { name, endpoint, task } = tasks.find(wanted)
  const json = JSON.stringify(payload) as string | undefined
  if (json !== undefined && byteLength(json) > maxPayloadBytes) {
    throw new RangeError(
      `The payload of the task "${name}" has more than ${maxPayloadBytes} bytes. Store it, and enqueue its id.`,
    )
  }
  if (!(delaySeconds >= 0 && delaySeconds <= maxDelaySeconds)) {
    throw new RangeError(`The task "${name}" cannot wait for ${delaySeconds} seconds.`)
  }
  if (key !== undefined && (key === '' || byteLength(key) > maxKeyBytes)) {
    throw new RangeError(`A key of the task "${name}" has 1 to ${maxKeyBytes} bytes.`)
  }
  return {
    action: 'enqueue',
    endpoint,
    payload: json,
    delaySeconds,
    key,
    async check() {
      const { issues } = await readBy(task.schema, payloadOf(json))
      if (issues === undefined) return
      const reasons = issues.map((issue) =>
        [pathOf(issue), issue.message].filter(Boolean).join(': '),
      )
      throw new TypeError(`The payload of the task "${name}" is invalid. ${reasons.join(' ')}`)
    },
  }
}

/** Reads a stored payload. */
export function payloadOf(json: string | undefined): unknown {
  return json === undefined ? undefined : (JSON.parse(json) as unknown)
}

/** Stores a call, and wakes its delivery after the commit. Undefined if one with the key waits. */
export function planEnqueue(
  { now, hooks }: Pick<PlanContext, 'now' | 'hooks'>,
  { endpoint, payload, delaySeconds, key }: EnqueueStep,
): Query<string | undefined> {
  const seconds = unixSeconds(now)
  const due = seconds + Math.ceil(delaySeconds)
  const isNew =
    key === undefined ? sql`TRUE` : sql`NOT EXISTS (${selectWaiting(endpoint, key, seconds)})`
  const insert = sql`INSERT INTO ${deliveriesTable} ("id", "event", "endpoint", "recordRef", "ordered", "due", "created", "payload", "key", "depth")
    SELECT 'msg_' || lower(hex(randomblob(16))), 0, ${endpoint}, '', 0, ${due}, ${seconds}, ${payload ?? null}, ${key ?? null}, ${hooks?.depth ?? 0}
    WHERE ${isNew} RETURNING "id"`
  return one(insert, ([row]) => {
    if (row !== undefined && due <= seconds) hooks?.wake()
    return row === undefined ? undefined : String(row['id'])
  })
}

/** A call that has begun may have read already what the new one is about, so it does not count. */
export function selectWaiting(endpoint: string, key: string, now: number) {
  return sql`SELECT "id" FROM ${deliveriesTable} WHERE "endpoint" = ${endpoint} AND "key" = ${key}
    AND "state" = 'waiting' AND NOT ${isRunning(now)}`
}
