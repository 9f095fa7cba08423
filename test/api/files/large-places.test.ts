import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { runBatch } from '#database/batch.ts'
import { reserveKeys, sweepAll, sweepLater } from '#database/file-sweeps.ts'
import { type SweepPorts, sweepFiles } from '#files/sweep.ts'
import { newId } from '#kernel/random.ts'
import { bindings } from '../../support/bindings.ts'
import { storedKeys } from '../../support/stored-files.ts'

const { DB: db, FILES } = bindings

/** With a bucket that lists one object at a time, a run sees fifty. */
function sweepPorts(bucket: Partial<typeof FILES> = {}): SweepPorts {
  const onePerPage = {
    list: (options: R2ListOptions) => FILES.list({ ...options, limit: 1 }),
    delete: (keys: string[]) => FILES.delete(keys),
    ...bucket,
  } as unknown as typeof FILES
  const transactor = createSystemTransactor(db, createCatalogCache())
  return { bucket: onePerPage, db, transactor }
}

const now = new Date()
const secondsLater = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

async function waitingPlaces(): Promise<unknown[]> {
  const statement = db.prepare(
    'SELECT "prefix" FROM "_file_sweeps" WHERE "prefix" LIKE \'%/\' ORDER BY "prefix"',
  )
  return (await statement.all()).results.map(({ prefix }) => prefix)
}

/** A prefix with this many reserved objects, and one at its end that is not. */
async function storeLargePlace(count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, i) => `large/record/${String(i).padStart(4, '0')}`)
  for (const key of keys) await FILES.put(key, 'kept')
  await FILES.put('large/record/last', 'not named by a record')
  const sweeps = keys.map((prefix) => ({ id: newId(), prefix }))
  await runBatch(db, [reserveKeys(sweeps, now)])
}

describe('a prefix that is too large for one run', () => {
  it('is swept by several runs, after other prefixes', async ({ expect }) => {
    await storeLargePlace(120)
    await FILES.put('gone/record/a.txt', 'not named by a record')
    await runBatch(db, [sweepAll(sql`SELECT 'large/' AS "prefix"`, secondsLater(-60))])
    await runBatch(db, [sweepAll(sql`SELECT 'gone/' AS "prefix"`, now)])
    const isStored = async (key: string): Promise<boolean> => (await storedKeys()).includes(key)

    await sweepFiles(sweepPorts(), now)
    await sweepFiles(sweepPorts(), now)
    expect(await isStored('gone/record/a.txt')).toBe(false)
    expect(await waitingPlaces()).toEqual(['large/'])

    await sweepFiles(sweepPorts(), secondsLater(100))
    expect(await isStored('large/record/last')).toBe(true)
    await sweepFiles(sweepPorts(), secondsLater(200))
    expect(await isStored('large/record/last')).toBe(false)
    expect(await storedKeys()).toHaveLength(120)
    expect(await waitingPlaces()).toEqual([])
  })
})

describe('a prefix that is reserved again during a sweep', () => {
  it.for([
    { name: 'to its end', count: 3 },
    { name: 'to where its budget ends', count: 60 },
  ])('$name stays announced', async ({ count }, { expect }) => {
    await storeLargePlace(count)
    await runBatch(db, [sweepLater(['large/'], secondsLater(-7 * 24 * 3600))])
    let isSeen = false
    const list = async (options: R2ListOptions): Promise<R2Objects> => {
      if (!isSeen) await runBatch(db, [sweepLater(['large/'], now)])
      isSeen = true
      return await FILES.list({ ...options, limit: 1 })
    }

    await sweepFiles(sweepPorts({ list }), now)
    expect(isSeen).toBe(true)
    await FILES.put('large/record/loaded', 'its record comes later')
    await sweepFiles(sweepPorts(), secondsLater(600))

    expect(await storedKeys()).toContain('large/record/loaded')
    expect(await waitingPlaces()).toEqual(['large/'])
  })
})
