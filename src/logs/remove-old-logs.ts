import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { runBatch } from '#database/batch.ts'
import type { Bindings } from '#http/app-env.ts'
import { logDatabase } from './log-database.ts'
import { removeOldLogs } from './store.ts'

/** Maximum rounds of a run, to stay within the limits of a scheduled run. */
const maxRounds = 300

/**
 * Removes entries older than the settings keep them.
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
