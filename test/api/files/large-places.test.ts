import { it } from 'vitest'
import { createCatalogCache } from '#collections/catalog-cache.ts'
import { createTransactor } from '#collections/transact.ts'
import { runBatch } from '#database/batch.ts'
import { sweepAll } from '#database/file-sweeps.ts'
import { sweepFiles } from '#files/sweep.ts'
import { sql } from 'drizzle-orm'
import { bindings } from '../../support/bindings.ts'
import { storedKeys } from '../../support/stored-files.ts'

// A place with more objects than a run may list, none of which may go, would else be first every time.
it('a place that is too large for a run keeps no other from being swept', async ({ expect }) => {
  const { DB: db, FILES } = bindings
  const endless = async (options: R2ListOptions): Promise<R2Objects> => {
    const page = await FILES.list(options)
    const isLarge = options.prefix === 'large/'
    return isLarge ? { ...page, objects: [], truncated: true, cursor: 'on' } : page
  }
  const bucket = {
    list: endless,
    delete: (keys: string[]) => FILES.delete(keys),
  } as unknown as typeof FILES
  const transactor = createTransactor({
    db,
    cache: createCatalogCache(),
    resolveCaller: async () => undefined,
  })
  await FILES.put('gone/record/a.txt', 'nobody names it')
  const now = new Date()
  await runBatch(db, [sweepAll(sql`SELECT 'large/' AS "prefix"`, new Date(now.getTime() - 60_000))])
  await runBatch(db, [sweepAll(sql`SELECT 'gone/' AS "prefix"`, now)])

  await sweepFiles({ bucket, db, transactor }, now)
  await sweepFiles({ bucket, db, transactor }, now)

  expect(await storedKeys()).toEqual([])
  const { results } = await db.prepare('SELECT "prefix" FROM "_file_sweeps"').all()
  expect(results).toEqual([{ prefix: 'large/' }])
})
