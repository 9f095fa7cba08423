import { type SQL, sql } from 'drizzle-orm'
import { formatDate } from '#kernel/dates.ts'
import type { BackupTask } from '#platform/backups.ts'

/** The row of `_params` that is there while a backup is written or restored. */
const activityParameter = 'backup'

/** Asks whether a backup is being written or restored: a row if so. */
export const selectActivity: SQL = sql`SELECT 1 FROM "_params" WHERE "id" = ${activityParameter}`

/** The statement that says that a task is being done. */
export function noteActivity(task: BackupTask, now: Date): SQL {
  const stamp = formatDate(now)
  return sql`INSERT INTO "_params" ("id", "value", "created", "updated")
    VALUES (${activityParameter}, ${JSON.stringify(task)}, ${stamp}, ${stamp})
    ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", "updated" = excluded."updated"`
}

/** The statement that says that none is. */
export const forgetActivity: SQL = sql`DELETE FROM "_params" WHERE "id" = ${activityParameter}`
