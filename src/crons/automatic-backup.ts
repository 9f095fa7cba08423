import { defaultName, objectKey } from '#backups/backup-objects.ts'
import type { BackupRunner } from '#platform/backups.ts'
import type { Settings } from '#settings/settings.ts'
import type { Job } from './job.ts'

/** The job that makes backups as the settings say; none while they say nothing. */
export function automaticBackup(
  { backups, meta }: Settings,
  runner: BackupRunner | undefined,
): Job[] {
  if (backups.cron === '' || runner === undefined) return []
  return [
    {
      id: '__pbAutoBackup__',
      expression: backups.cron,
      run: async (_, now) => {
        const key = objectKey(defaultName(meta.appName, now, 'clock'))
        const started = await runner.start({ kind: 'create', key, keep: backups.cronMaxKeep })
        if (started === 'busy') throw new Error('Another backup or restore is under way.')
      },
    },
  ]
}
