import { type SQL, sql } from 'drizzle-orm'

/** A job and the minute it is due for. */
export interface DueJob {
  readonly id: string
  readonly minute: Date
}

/** Claims jobs, and returns the `id` of each that was not yet claimed for its minute. */
export function claimJobs(due: readonly DueJob[]): SQL {
  const rows = due.map(({ id, minute }) => ({ id, seconds: minute.getTime() / 1000 }))
  return sql`INSERT INTO "_crons" ("id", "last_run")
    SELECT value ->> 'id', value ->> 'seconds' FROM json_each(${JSON.stringify(rows)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "last_run" = excluded."last_run"
      WHERE "last_run" < excluded."last_run"
    RETURNING "id"`
}
