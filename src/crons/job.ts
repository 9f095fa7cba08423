import type { Bindings } from '#http/app-env.ts'

/** Something that is done by the clock. */
export interface Job {
  readonly id: string
  /** When: five segments, in UTC. */
  readonly expression: string
  run(bindings: Bindings, now: Date): Promise<unknown>
}
