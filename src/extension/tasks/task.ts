import type { AreteCore } from '#extension/arete.ts'
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts'

/**
 * A task of an application: a function that runs in the background, at least once, and again for
 * three days while it fails.
 */
export interface Task<Input = unknown, Output = Input> {
  readonly kind: 'task'
  readonly schema: StandardSchema<Input, Output>
  readonly run: (payload: Output, arete: AreteCore, call: TaskCall) => void | Promise<void>
}

/** Any task. */
// oxlint-disable-next-line typescript/no-explicit-any -- a task takes the payloads of its own schema
export type AnyTask = Task<any, any>

/** One call of a task. */
export interface TaskCall {
  /** Identifies the task, again when it is repeated. */
  readonly id: string
  /** From 1. A replay begins again. */
  readonly attempt: number
  /** Aborted after a minute, when the call counts as failed. */
  readonly signal: AbortSignal
}

/**
 * Makes a task. It has to be idempotent by `call.id`: it is repeated if the host ends before its end
 * is noted.
 *
 * @param schema checks the payload when it is enqueued, and reads it when the task runs. A payload is
 * stored as JSON, so it has to accept what becomes of a value in JSON.
 */
export function task<const Schema extends StandardSchema>(
  schema: Schema,
  run: (payload: SchemaOutput<Schema>, arete: AreteCore, call: TaskCall) => void | Promise<void>,
): Task<SchemaInput<Schema>, SchemaOutput<Schema>> {
  return {
    kind: 'task',
    schema,
    run,
  }
}
