import { it } from 'vitest'
import { createTable } from '#collections/schema/sync-table.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { toStatement } from '#database/statement.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'

/** The columns and indexes of a table in the database. */
async function shapeOf(name: string): Promise<unknown> {
  const { DB } = bindings
  const columns = await DB.prepare('SELECT * FROM pragma_table_xinfo(?)').bind(name).all()
  const indexes = await DB.prepare(
    'SELECT "name", "sql" FROM sqlite_master WHERE "type" = \'index\' AND "tbl_name" = ? ORDER BY "name"',
  )
    .bind(name)
    .all()
  return [columns.results, indexes.results]
}

it.for(systemCollections)(
  'the migrations create the table of $name like a new collection’s',
  async (definition, { expect }) => {
    const migrated = await shapeOf(definition.name)

    await bindings.DB.batch([
      bindings.DB.prepare(`DROP TABLE "${definition.name}"`),
      ...createTable(definition).map((query) => bindings.DB.prepare(toStatement(query).sql)),
    ])

    expect(await shapeOf(definition.name)).toEqual(migrated)
  },
)

// With the same secret everywhere, anyone could sign tokens for any deployment.
it('every auth collection starts with its own secrets', async ({ expect }) => {
  const { results } = await bindings.DB.prepare(
    `SELECT "value" FROM "_collections", json_tree("options") WHERE "key" = 'secret'`,
  ).all()
  const secrets = results.map(({ value }) => String(value))

  expect(secrets).toHaveLength(10)
  expect(new Set(secrets).size).toBe(10)
  expect(secrets.every((secret) => secret.length === 50)).toBe(true)
})

it('seeded collections can be saved unchanged', async ({ expect }) => {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)

  const statuses: number[] = []
  for (const { name } of systemCollections) {
    const { status } = await app.patch(`/api/collections/${name}`, {}, { token })
    statuses.push(status)
  }

  expect(statuses).toEqual(systemCollections.map(() => 200))
})

it('a new deployment has no accounts', async ({ expect }) => {
  const counts = await Promise.all(
    systemCollections.map(
      async ({ name }) =>
        await bindings.DB.prepare(`SELECT count(*) AS "n" FROM "${name}"`).first('n'),
    ),
  )

  expect(counts).toEqual(systemCollections.map(() => 0))
})
