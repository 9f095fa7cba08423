import type { CallableFunction } from '#extension/deliver-calls.ts'
import { payloadOf } from './enqueue.ts'
import { pathOf, readBy } from './standard-schema.ts'
import type { AnyTask } from './task.ts'

/** A task as deliveries call it. */
export function taskCall({ schema, run }: AnyTask): CallableFunction {
  return async ({ id, round, payload }) => {
    const read = await readBy(schema, payloadOf(payload))
    if (read.issues !== undefined) {
      const paths = read.issues.map((issue) => pathOf(issue) || 'the payload')
      throw new Error(`The schema refuses ${[...new Set(paths)].join(', ')}.`)
    }
    return async (arete, signal) => await run(read.value, arete, { id, attempt: round, signal })
  }
}
