import { createCatalogCache } from '#collections/catalog-cache.ts'
import { runBatch } from '#database/batch.ts'
import type { Bindings } from '#http/app-env.ts'
import { createMailService } from '#mail/mail-service.ts'
import type { MailTransports } from '#platform/mailer.ts'
import { cleanUps } from './clean-ups.ts'

/** What is to be done every minute. One job that fails does not keep the others from being done. */
export interface Jobs {
  /** Throws when a job failed, so that the host notes it; the others are done all the same. */
  run(bindings: Bindings, now: Date): Promise<void>
}

interface Job {
  readonly name: string
  run(): Promise<unknown>
}

/** The jobs of a deployment. */
export function createJobs(transports: MailTransports): Jobs {
  const catalogs = createCatalogCache()
  return {
    async run(bindings, now) {
      const jobs: readonly Job[] = [
        { name: 'mail', run: createMailService({ transports, catalogs }, bindings).deliver },
        {
          name: 'clean-ups',
          run: () =>
            runBatch(
              bindings.DB,
              cleanUps.map((cleanUp) => cleanUp(now)),
            ),
        },
      ]
      await runAll(jobs)
    },
  }
}

async function runAll(jobs: readonly Job[]): Promise<void> {
  const failures: string[] = []
  await Promise.all(
    jobs.map(({ name, run }) =>
      run().catch((error: unknown) => {
        failures.push(name)
        // oxlint-disable-next-line no-console -- nobody waits for an answer that could say it
        console.error({ job: name, error: error instanceof Error ? error.stack : String(error) })
      }),
    ),
  )
  if (failures.length > 0) throw new Error(`Scheduled jobs failed: ${failures.join(', ')}.`)
}
