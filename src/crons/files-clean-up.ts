import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { sweepFiles } from '#files/sweep.ts'
import type { Job } from './job.ts'

/** The job that removes files which no record names: what a crash, or a large deletion, left behind. */
export function filesCleanUp(cache: CatalogCache): Job {
  return {
    id: '__areteFilesCleanup__',
    expression: '* * * * *',
    run: ({ DB: db, FILES: bucket }, now) => {
      const transactor = createSystemTransactor(db, cache)
      return sweepFiles({ bucket, db, transactor }, now)
    },
  }
}
