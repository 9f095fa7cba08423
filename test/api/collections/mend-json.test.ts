import { describe, it } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { mendJson } from '#collections/schema/mend-json.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { host } from '#test-host'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { crashingDatabase } from '../../support/crashing-database.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

/** After all repairs are due. */
const later = new Date(Date.now() + 2 * 3_600_000)

async function run(db = bindings.DB, now = later): Promise<void> {
  await mendJson({ db, transactor: createSystemTransactor(db, createCatalogCache()) }, now)
}

/** A deployment before the migration, in which NULL of json columns is the text `null`. */
async function createOldDeployment(
  rows: number,
  indexes: readonly string[] = [],
): Promise<{ app: TestApp; token: string }> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(
    app,
    token,
    {
      name: 'notes',
      fields: [
        { type: 'text', name: 'reached' },
        { type: 'json', name: 'j' },
        { type: 'json', name: 'order' },
      ],
      indexes,
    },
    { name: 'plain', fields: [{ type: 'text', name: 't' }] },
    { name: 'seen', type: 'view', viewQuery: 'SELECT id, j FROM notes WHERE j IS NULL' },
  )
  await bindings.DB.prepare(
    `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO notes ("_rowid_", id, "reached", j, "order") SELECT i * 3 - 5, printf('note%011d', i), 'null', 'null',
        CASE i % 4 WHEN 0 THEN 'null' WHEN 1 THEN '"null"' WHEN 2 THEN 5 ELSE NULL END FROM n`,
  )
    .bind(rows)
    .run()
  await bindings.DB.prepare('DROP TABLE "_json_mends"').run()
  const migration = host.migrations.find(({ name }) => name.endsWith('_json_mends.sql'))
  for (const query of migration?.queries ?? []) await bindings.DB.prepare(query).run()
  return { app, token }
}

async function counts(): Promise<unknown> {
  const { results } = await bindings.DB.prepare(
    `SELECT count(*) AS "all", count(j) AS "j", sum("order" = 'null') AS "orders",
      sum("order" = '"null"') AS "texts", sum("order" = 5) AS "numbers", sum("reached" = 'null') AS "others" FROM notes`,
  ).all()
  return results[0]
}

async function pending(): Promise<readonly unknown[]> {
  const { results } = await bindings.DB.prepare(
    'SELECT "collectionRef" FROM "_json_mends" ORDER BY "due"',
  ).all()
  return results.map(({ collectionRef }) => collectionRef)
}

const mended = { all: 12_000, j: 0, orders: 0, texts: 3000, numbers: 3000, others: 12_000 }

describe('repairing json columns of an old database', () => {
  it('replaces the text null with NULL, and changes nothing else', async ({ expect }) => {
    await createOldDeployment(12_000)
    expect(await pending()).toEqual(['notes_id', 'notes_id'])

    await run()

    expect(await counts()).toEqual(mended)
    expect(await pending()).toEqual([])
  })

  it('runs again after an hour, for data of an older version', async ({ expect }) => {
    await createOldDeployment(10)
    await run(bindings.DB, new Date())
    expect(await pending()).toEqual(['notes_id'])
    await bindings.DB.prepare(`UPDATE notes SET j = 'null'`).run()

    await run()

    expect(await counts()).toMatchObject({ all: 10, j: 0 })
    expect(await pending()).toEqual([])
  })

  it('resumes after an interruption at any batch', async ({ expect }) => {
    await createOldDeployment(12_000)

    for (let crashes = 0; (await pending()).length > 0; crashes++) {
      const { db } = crashingDatabase(2, crashes % 2 === 0 ? 'before' : 'after')
      await run(db).catch(() => undefined)
      expect(crashes).toBeLessThan(50)
      if (crashes % 2 === 0) await run(crashingDatabase(3, 'after').db).catch(() => undefined)
    }

    expect(await counts()).toEqual(mended)
  })

  it('keeps a record whose change would violate a unique index', async ({ expect }) => {
    await createOldDeployment(3, [
      'CREATE UNIQUE INDEX `idx_reached` ON `notes` (`reached`) WHERE `j` IS NULL',
    ])

    await run()

    expect(await counts()).toMatchObject({ all: 3, j: 2 })
    expect(await pending()).toEqual([])
  })

  it('drops the repair of a deleted collection', async ({ expect }) => {
    const { app, token } = await createOldDeployment(3)
    await app.delete('/api/collections/seen', { token })
    await app.delete('/api/collections/notes', { token })

    await run()

    expect(await pending()).toEqual([])
  })

  it('has nothing to do in a new deployment', async ({ expect }) => {
    expect(await pending()).toEqual([])
  })
})
