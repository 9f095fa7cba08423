/*
 * Running scheduled jobs. The host wakes several isolates every minute; the row of a job in `_crons`
 * has one of them run it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Catalog } from '#catalog/catalog.ts'
import type { Transactor } from '#catalog/transact.ts'
import { one, type Plan } from '#database/query.ts'
import { cronsTable } from '#database/schema.ts'
import type { Bindings } from '#http/app-env.ts'
import { clockSlackSeconds } from '#kernel/clock-slack.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { parseSchedule } from '#settings/schedule.ts'

/** A job that runs on a schedule. */
export interface Job {
  readonly id: string
  /** A cron expression of five segments, in UTC. */
  readonly expression: string
  run(bindings: Bindings, now: Date): Promise<unknown>
}

const minuteMilliseconds = 60_000

/** The time within which a missed minute is made up for. Hosts miss some while they change versions. */
const graceMinutes = 10

/**
 * Runs the jobs that are due, each in one isolate only. A job that fails does not stop the others;
 * it runs again when it is due again.
 *
 * Database: 1 batch, and the batches of the jobs.
 *
 * @throws {Error} When all are done, if one failed, so that the host logs it.
 */
export async function runDueJobs(
  transactor: Transactor,
  listJobs: (catalog: Catalog) => readonly Job[],
  bindings: Bindings,
  now: Date,
): Promise<void> {
  const due = await transactor.write(({ catalog }) => planClaim(listJobs(catalog), now))
  const isDone = await Promise.all(due.map((job) => runJob(job, bindings, now)))
  const failures = due.filter((_, i) => isDone[i] !== true).map(({ id }) => id)
  if (failures.length > 0) throw new Error(`Scheduled jobs failed: ${failures.join(', ')}.`)
}

/** Runs a job and logs its errors to the host's log. Returns true if it succeeded. */
export async function runJob(job: Job, bindings: Bindings, now: Date): Promise<boolean> {
  try {
    await job.run(bindings, now)
    return true
  } catch (error) {
    // oxlint-disable-next-line no-console -- there is no response to report it in
    console.error({ job: job.id, error: error instanceof Error ? error.stack : String(error) })
    return false
  }
}

/** Claims the jobs that are due and not claimed yet. Database: 1 batch. */
function planClaim(jobs: readonly Job[], now: Date): Plan<readonly Job[]> {
  const due = jobs.flatMap((job) => {
    const minute = minuteOf(job, now)
    return minute === undefined ? [] : [{ id: job.id, seconds: unixSeconds(minute) }]
  })
  return one(claim(due), (rows) => {
    const claimed = new Set(rows.map(({ id }) => id))
    return jobs.filter(({ id }) => claimed.has(id))
  })
}

/**
 * Returns the `id` of each job that was not yet claimed for its minute. A claim of a clock that was far
 * ahead does not count.
 */
function claim(due: readonly { readonly id: string; readonly seconds: number }[]): SQL {
  return sql`INSERT INTO ${cronsTable} ("id", "last_run")
    SELECT value ->> 'id', value ->> 'seconds' FROM json_each(${JSON.stringify(due)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "last_run" = excluded."last_run"
      WHERE "last_run" < excluded."last_run"
        OR "last_run" > excluded."last_run" + ${clockSlackSeconds}
    RETURNING "id"`
}

/** The minute a job is due for. An invalid expression stops its own job only. */
function minuteOf({ id, expression }: Job, now: Date): Date | undefined {
  try {
    return latestMinute(expression, now)
  } catch (error) {
    // oxlint-disable-next-line no-console -- there is no response to report it in
    console.error({ job: id, error: error instanceof Error ? error.message : '' })
    return undefined
  }
}

/**
 * The latest minute that an expression names, from the current one back to the end of the grace
 * period; undefined if none.
 */
export function latestMinute(expression: string, now: Date): Date | undefined {
  const schedule = parseSchedule(expression)
  const minute = Math.floor(now.getTime() / minuteMilliseconds)
  return Array.from(
    { length: graceMinutes },
    (_, ago) => new Date((minute - ago) * minuteMilliseconds),
  ).find((moment) => schedule.match(moment))
}
