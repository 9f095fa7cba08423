import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { raiseRevision } from '#database/revision.ts'
import { resealSecrets } from '#settings/secrets.ts'
import { storeSettings } from '#settings/store.ts'
import type { Job } from './job.ts'

/**
 * The job that seals secrets of the settings that were stored in the clear or under the key before
 * the current one. Database: 1 batch.
 *
 * @throws {Error} For secrets that no key opens, so that the failure is logged.
 */
export function secretsSealing(cache: CatalogCache): Job {
  return {
    id: '__areteSecretsSealing__',
    expression: '0 * * * *',
    async run(bindings) {
      const transactor = createSystemTransactor(bindings.DB, cache)
      const unreadable = await transactor.write(async ({ catalog, now }) => {
        const resealed = await resealSecrets(bindings, catalog.settings)
        return {
          statements: resealed.isChanged
            ? [storeSettings(resealed.settings, now), raiseRevision]
            : [],
          answer: () => resealed.unreadable,
        }
      })
      if (unreadable.length > 0) {
        throw new Error(`No key at hand opens these settings: ${unreadable.join(', ')}.`)
      }
    },
  }
}
