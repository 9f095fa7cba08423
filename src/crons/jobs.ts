import { type SQL, sql } from 'drizzle-orm'
import {
  removeExpiredChallenges,
  removeExpiredCodeRequests,
  removeExpiredCodes,
} from '#auth/sign-in/expired-steps.ts'
import { resealSeeds } from '#auth/factors/seed-sealing.ts'
import { removeExpiredSlots } from '#auth/sessions/session-slots.ts'
import { defaultName, objectKey } from '#backups/backup-objects.ts'
import { type CatalogCache, createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { mendJson } from '#collections/schema/mend-json.ts'
import { removePassedStates } from '#database/account-states.ts'
import { runBatch } from '#database/batch.ts'
import { removeExpiredKeys } from '#database/idempotency.ts'
import { removeExpiredTopics, removeExpiredShards } from '#database/realtime-subscriptions.ts'
import { raiseRevision } from '#database/revision.ts'
import { removeUnconfirmed } from '#database/second-factors.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'
import { sweepFiles } from '#files/sweep.ts'
import type { Bindings } from '#http/app-env.ts'
import { removeExpiredAttempts } from '#limits/attempts.ts'
import { deleteEmptyBuckets, deleteUnusedNetworks } from '#limits/failures.ts'
import { removeExpiredLogs } from '#logs/remove-old-logs.ts'
import { createMailService } from '#mail/mail-service.ts'
import type { BackupRunner } from '#platform/backups.ts'
import type { MailTransports } from '#platform/mailer.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import { resealSecrets } from '#settings/secrets.ts'
import type { Settings } from '#settings/settings.ts'
import { storeSettings } from '#settings/store.ts'
import { dropAbandonedStaging } from '#transfer/staging.ts'
import { resealWebhooks } from '#webhooks/reseal-webhooks.ts'
import { checkWebhooks, tidyDeliveries } from '#webhooks/upkeep.ts'
import { deliverDue } from '#webhooks/webhook-service.ts'
import { type Job, runDueJobs } from './run-jobs.ts'

/** The scheduled jobs of a deployment. */
export interface Jobs {
  /** PocketBase's jobs in its order, then the jobs that only Arete has. */
  readonly list: readonly Job[]
  /** The same, with those that the settings ask for. */
  for(settings: Settings): readonly Job[]
  /** Runs the jobs that are due; see {@link runDueJobs}. */
  run(bindings: Bindings, now: Date): Promise<void>
  /** Delivers due events to webhooks, whenever a queue wakes the Worker. */
  deliver(bindings: Bindings): Promise<void>
}

/**
 * Creates the jobs of a deployment.
 *
 * @param added the jobs of an application
 * @param endpoints of its durable hooks and tasks
 */
export function createJobs(
  transports: MailTransports,
  catalogs: CatalogCache = createCatalogCache(),
  backups?: BackupRunner,
  webhooks?: WebhookSender,
  added: readonly Job[] = [],
  endpoints: readonly string[] = [],
): Jobs {
  const list: readonly Job[] = [
    {
      id: '__pbDBOptimize__',
      expression: '0 0 * * *',
      async run({ DB }, now) {
        await dropAbandonedStaging(DB, now)
        await runBatch(DB, [sql`PRAGMA optimize`])
      },
    },
    cleanUp('__pbMFACleanup__', '0 * * * *', [removeExpiredChallenges]),
    cleanUp('__pbOTPCleanup__', '0 * * * *', [
      removeExpiredCodes,
      removeExpiredCodeRequests,
      removeUnconfirmed,
    ]),
    {
      id: '__pbLogsCleanup__',
      expression: '0 */6 * * *',
      run: (bindings, now) => removeExpiredLogs(bindings, catalogs, now),
    },
    {
      id: '__areteSecretsSealing__',
      expression: '0 * * * *',
      async run(bindings) {
        await sealSecrets(bindings, catalogs)
        await resealWebhooks(bindings.DB, bindings)
      },
    },
    // Clients decide how many of these rows there are, and a run deletes a limited number.
    cleanUp('__areteCountersCleanup__', '* * * * *', [
      removeExpiredAttempts,
      deleteEmptyBuckets,
      deleteUnusedNetworks,
      removeExpiredOverrides,
      removeExpiredSlots,
      removePassedStates,
      removeExpiredKeys,
      removeExpiredTopics,
      removeExpiredShards,
    ]),
    {
      id: '__areteFilesCleanup__',
      expression: '* * * * *',
      run: ({ DB: db, FILES: bucket }, now) =>
        sweepFiles({ bucket, db, transactor: createSystemTransactor(db, catalogs) }, now),
    },
    {
      id: '__areteJsonMending__',
      expression: '* * * * *',
      run: ({ DB: db }, now) =>
        mendJson({ db, transactor: createSystemTransactor(db, catalogs) }, now),
    },
    {
      id: '__areteMailDelivery__',
      expression: '* * * * *',
      run: (bindings) => createMailService({ transports, catalogs }, bindings).deliver(),
    },
    {
      id: '__areteWebhookDelivery__',
      expression: '* * * * *',
      async run(bindings, now) {
        const { DB: db } = bindings
        await checkWebhooks({ db, transactor: createSystemTransactor(db, catalogs) }, now)
        await tidyDeliveries(db, endpoints, now)
        await deliverDue({ sender: webhooks, catalogs }, bindings)
      },
    },
    ...added,
  ]
  const jobsFor = (settings: Settings): readonly Job[] => [
    ...list,
    ...automaticBackup(settings, backups),
  ]
  return {
    list,
    for: jobsFor,
    run: (bindings, now) =>
      runDueJobs(
        createSystemTransactor(bindings.DB, catalogs),
        ({ settings }) => jobsFor(settings),
        bindings,
        now,
      ),
    deliver: (bindings) => deliverDue({ sender: webhooks, catalogs }, bindings),
  }
}

/** A job that deletes expired rows from tables that would grow otherwise. Database: 1 batch. */
function cleanUp(id: string, expression: string, statements: readonly ((now: Date) => SQL)[]): Job {
  return {
    id,
    expression,
    run: ({ DB }, now) =>
      runBatch(
        DB,
        statements.map((statement) => statement(now)),
      ),
  }
}

/**
 * Seals the secrets in the settings, and the seeds of authenticators, that are stored in the clear or
 * under the previous key. Database: 1 batch; with a previous key, 2 more per 200 seeds.
 *
 * @throws {Error} For secrets that no key opens, so that the failure is logged.
 */
async function sealSecrets(bindings: Bindings, catalogs: CatalogCache): Promise<void> {
  const transactor = createSystemTransactor(bindings.DB, catalogs)
  const unreadable = await transactor.write(async ({ catalog, now }) => {
    const resealed = await resealSecrets(bindings, catalog.settings)
    return {
      statements: resealed.isChanged ? [storeSettings(resealed.settings, now), raiseRevision] : [],
      changesCatalog: resealed.isChanged,
      read: () => resealed.unreadable,
    }
  })
  const unreadableSeeds = await resealSeeds(bindings.DB, bindings)
  if (unreadableSeeds > 0) {
    throw new Error(`No key at hand opens the seeds of ${unreadableSeeds} authenticators.`)
  }
  if (unreadable.length > 0) {
    throw new Error(`No key at hand opens these settings: ${unreadable.join(', ')}.`)
  }
}

/** The job that makes the backups that the settings ask for, if any. */
function automaticBackup({ backups, meta }: Settings, runner: BackupRunner | undefined): Job[] {
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
