import type { BackupRunner } from '#platform/backups.ts'
import { type CatalogCache, createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor, type Plan } from '#catalog/transact.ts'
import type { Bindings } from '#http/app-env.ts'
import { removeExpiredLogs } from '#logs/remove-old-logs.ts'
import { createMailService } from '#mail/mail-service.ts'
import type { MailTransports } from '#platform/mailer.ts'
import type { Settings } from '#settings/settings.ts'
import { automaticBackup } from './automatic-backup.ts'
import { cleanUps, countersCleanUp } from './clean-ups.ts'
import { filesCleanUp } from './files-clean-up.ts'
import type { Job } from './job.ts'
import { jsonMending } from './mend-json.ts'
import { latestMinute } from './schedule.ts'
import { secretsSealing } from './seal-secrets.ts'
import { claimJobs } from './store.ts'

/** The scheduled jobs of a deployment. */
export interface Jobs {
  /** PocketBase's jobs in its order, then those of Arete alone. */
  readonly list: readonly Job[]
  /** The same, with those that the settings ask for. */
  under(settings: Settings): readonly Job[]
  /**
   * Runs what is due, each job in one isolate only, however many are woken. One job that fails
   * does not keep the others from being done; it is tried again when it is due again.
   *
   * Database: 1 batch, and those of the jobs.
   *
   * @throws {Error} Once all are done, if one failed, so that the host notes it.
   */
  run(bindings: Bindings, now: Date): Promise<void>
}

/** The jobs of a deployment. */
export function createJobs(
  transports: MailTransports,
  catalogs: CatalogCache = createCatalogCache(),
  backups?: BackupRunner,
): Jobs {
  const mailDelivery: Job = {
    id: '__areteMailDelivery__',
    expression: '* * * * *',
    run: (bindings) => createMailService({ transports, catalogs }, bindings).deliver(),
  }
  const logsCleanUp: Job = {
    id: '__pbLogsCleanup__',
    expression: '0 */6 * * *',
    run: (bindings, now) => removeExpiredLogs(bindings, catalogs, now),
  }
  const list = [
    ...cleanUps,
    logsCleanUp,
    secretsSealing(catalogs),
    countersCleanUp,
    filesCleanUp(catalogs),
    jsonMending(catalogs),
    mailDelivery,
  ]

  const under = (settings: Settings): readonly Job[] => [
    ...list,
    ...automaticBackup(settings, backups),
  ]

  return {
    list,
    under,
    async run(bindings, now) {
      const due = await createSystemTransactor(bindings.DB, catalogs).write(({ catalog }) =>
        planClaim(under(catalog.settings), now),
      )
      const failures = await runAll(due, bindings, now)
      if (failures.length > 0) throw new Error(`Scheduled jobs failed: ${failures.join(', ')}.`)
    },
  }
}

/** Runs a job; what it throws goes to the host's log. Gives whether it was done. */
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
function planClaim(list: readonly Job[], now: Date): Plan<readonly Job[]> {
  const due = list.flatMap(({ id, expression }) => {
    const minute = minuteOf({ id, expression }, now)
    return minute === undefined ? [] : [{ id, minute }]
  })
  return {
    statements: [claimJobs(due)],
    answer: ([rows = []]) => {
      const claimed = new Set(rows.map(({ id }) => id))
      return list.filter(({ id }) => claimed.has(id))
    },
  }
}

/** An invalid expression stops its own job only. */
function minuteOf({ id, expression }: Pick<Job, 'id' | 'expression'>, now: Date): Date | undefined {
  try {
    return latestMinute(expression, now)
  } catch (error) {
    // oxlint-disable-next-line no-console -- there is no response to report it in
    console.error({ job: id, error: error instanceof Error ? error.message : '' })
    return undefined
  }
}

/** The ids of those that failed. */
async function runAll(jobs: readonly Job[], bindings: Bindings, now: Date): Promise<string[]> {
  const outcomes = await Promise.all(
    jobs.map(async (job) => ({ id: job.id, isDone: await runJob(job, bindings, now) })),
  )
  return outcomes.filter(({ isDone }) => !isDone).map(({ id }) => id)
}
