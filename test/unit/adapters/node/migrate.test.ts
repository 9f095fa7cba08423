import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { migrate, NewerDatabaseError } from '#adapters/node/migrate.ts'
import { openSqlite } from '#adapters/node/open-sqlite.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const first = { name: '0000_first.sql', sql: 'CREATE TABLE a (x); CREATE TABLE b (x);' }
const second = { name: '0001_second.sql', sql: 'ALTER TABLE a ADD COLUMN y;' }
const broken = { name: '0001_broken.sql', sql: 'CREATE TABLE c (x); nonsense;' }

async function openDatabase() {
  const database = openSqlite(join(await temporaryFolder(), 'data.db'))
  onTestFinished(() => database.close())
  const listed = (sql: string) => (database.prepare(sql).all() as unknown as unknown[][]).flat()
  return {
    database,
    applied: () => listed('SELECT name FROM d1_migrations ORDER BY id'),
    tables: () => listed(`SELECT name FROM sqlite_master WHERE name IN ('a', 'b', 'c')`),
  }
}

describe('migrations', () => {
  it('are applied once, in order, and noted as wrangler does', async ({ expect }) => {
    const { database, applied } = await openDatabase()

    migrate(database, [first])
    migrate(database, [first, second])
    migrate(database, [first, second])

    expect(applied()).toEqual([first.name, second.name])
  })

  it('that fail change nothing, and keep those before them', async ({ expect }) => {
    const { database, applied, tables } = await openDatabase()

    expect(() => migrate(database, [first, broken])).toThrow(
      'The migration 0001_broken.sql failed.',
    )

    expect([applied(), tables()]).toEqual([[first.name], ['a', 'b']])
  })

  it('of a newer version are a reason not to start', async ({ expect }) => {
    const { database, applied } = await openDatabase()
    migrate(database, [first, second])

    expect(() => migrate(database, [first])).toThrow(NewerDatabaseError)

    expect(applied()).toEqual([first.name, second.name])
  })
})
