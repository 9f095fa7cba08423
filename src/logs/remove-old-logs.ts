import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { runBatch } from '#database/batch.ts'
import type { Bindings } from '#http/app-env.ts'
import { logDatabase } from './log-database.ts'
import { removeOldLogs } from './store.ts'

/** The maximum number of rounds in a run, so that it stays within the limits of a scheduled run. */
const maxRounds = 300

/**
 * Removes the entries that are older than the settings keep them.
 *
 * Database: 1 batch for each 20,000 entries, and 1 more.
 */
export async function removeExpiredLogs(
  bindings: Bindings,
  catalogs: CatalogCache,
  now: Date,
): Promise<void> {
  const { settings } = await catalogs.current(bindings.DB)
  for (let round = 0; round < maxRounds; round++) {
    const [removed] = await runBatch(logDatabase(bindings), [
      removeOldLogs(settings.logs.maxDays, now),
    ])
    if (removed?.length === 0) return
  }
}
