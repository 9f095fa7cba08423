/*
 * The scheduled jobs of an application.
 */
import type { ExtensionJob } from '#app.ts'
import { parseSchedule } from '#settings/schedule.ts'
import type { AreteCore } from './arete.ts'
import { type CoreParts, createCore } from './core.ts'

/** A scheduled job. Superusers see it in `GET /api/crons`, and run it, like Arete's own. */
export interface Cron {
  /** Names its claims, so that of several isolates one runs it. Not with `__` in front: so do Arete's. */
  readonly id: string
  /** A cron expression of five segments, in UTC, or a macro such as `@daily`. */
  readonly expression: string
  /** Acts as the deployment. A failure is logged; the job runs again when it is due again. */
  run(arete: AreteCore): void | Promise<void>
}

/**
 * The jobs of crons.
 *
 * @throws {Error} For an id that is not the application's own, or an expression without a meaning.
 */
export function jobsOf(parts: CoreParts, crons: readonly Cron[]): readonly ExtensionJob[] {
  const ids = new Set<string>()
  return crons.map((cron) => {
    checkCron(cron, ids)
    return {
      id: cron.id,
      expression: cron.expression,
      run: async (services, now) => await cron.run(createCore(parts, () => services, now)),
    }
  })
}

function checkCron({ id, expression }: Cron, ids: Set<string>): void {
  if (!/^(?!__)\w[\w-]*$/.test(id)) throw new Error(`"${id}" is not an id of a cron.`)
  if (ids.has(id)) throw new Error(`There are two crons with the id "${id}".`)
  ids.add(id)
  try {
    parseSchedule(expression)
  } catch (error) {
    throw new Error(`The cron "${id}" has an invalid expression.`, { cause: error })
  }
}
