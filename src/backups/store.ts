import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { paramsTable } from '#database/schema.ts'
import { formatDate } from '#kernel/dates.ts'
import type { BackupTask } from '#platform/backups.ts'
import type { BackupReport } from './backup-report.ts'

/** The row of `_params` that exists while a backup is written or restored. */
const activityParameter = 'backup'
/** The rows of `_params` that hold the reports of the last tasks. */
const reportParameters = { create: 'lastBackup', restore: 'lastRestore' } as const

/** Queries the running backup task, if any, and the last reports. */
export const selectActivity: SQL = sql`SELECT "id", "value" FROM ${paramsTable}
  WHERE "id" IN (${activityParameter}, ${reportParameters.create}, ${reportParameters.restore})`

/** The state of backups for superusers. Reports are null before the first one. */
export interface BackupActivity {
  readonly canBackup: boolean
  readonly lastBackup: BackupReport | null
  readonly lastRestore: BackupReport | null
}

/** Reads the rows of {@link selectActivity}. */
export function readActivity(rows: readonly Row[]): BackupActivity {
  const values = new Map(rows.map(({ id, value }) => [String(id), String(value)]))
  const reportOf = (id: string): BackupReport | null => {
    const text = values.get(id)
    return text === undefined ? null : (JSON.parse(text) as BackupReport)
  }
  return {
    canBackup: !values.has(activityParameter),
    lastBackup: reportOf(reportParameters.create),
    lastRestore: reportOf(reportParameters.restore),
  }
}

/** The statement that records the running task. */
export function noteActivity(task: BackupTask, now: Date): SQL {
  return storeParameter(activityParameter, task, now)
}

/** The statements that end a task and store its report. */
export function endActivity({ kind }: BackupTask, report: BackupReport, now: Date): SQL[] {
  return [
    sql`DELETE FROM ${paramsTable} WHERE "id" = ${activityParameter}`,
    storeParameter(reportParameters[kind], report, now),
  ]
}

function storeParameter(id: string, value: unknown, now: Date): SQL {
  const stamp = formatDate(now)
  return sql`INSERT INTO ${paramsTable} ("id", "value", "created", "updated")
    VALUES (${id}, ${JSON.stringify(value)}, ${stamp}, ${stamp})
    ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", "updated" = excluded."updated"`
}
