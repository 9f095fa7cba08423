import { globSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { describe, it, onTestFinished } from 'vitest'
import { startRuntime } from '#cli/deployment/local-runtime.ts'
import { readLocalWorker } from '#cli/deployment/local-worker.ts'
import { applyMigrations, migrationNames, readMigrations } from '#cli/deployment/migrations.ts'
import { runOnStoredTables } from '#cli/deployment/stored-tables.ts'
import { hexDigest } from '#kernel/bytes.ts'
import type { Database } from '#platform/bindings.ts'
import { prepareStart, startLocalServer } from '../../scripts/local-server.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'arete-start-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts Arete, and returns the status of a request and what is stored of the setup link. */
async function startAndAsk(stateFolder: string) {
  const port = await freePort()
  const options = { host: '127.0.0.1', port, stateFolder }
  const server = await startLocalServer(await prepareStart(), options)
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/api/collections/users/records`)
    const { hasSuperuser, setupToken } = server
    const db = await openDatabase(stateFolder)
    const storedLink = JSON.stringify(await rowsOf(db, `SELECT value FROM _params`))
    return { status, hasSuperuser, setupToken, storedLink }
  } finally {
    await server.stop()
  }
}

/** Opens the D1 database of a state folder, or an empty one. */
async function openDatabase(stateFolder?: string): Promise<Database> {
  const runtime = await startRuntime({
    ...(stateFolder === undefined ? {} : { stateFolder }),
    workers: [
      {
        name: 'test',
        modules: true,
        script: 'export default {}',
        compatibilityDate: '2026-11-01',
        d1Databases: { DB: { id: 'DB' } },
      },
    ],
  })
  onTestFinished(() => runtime.dispose())
  return await runtime.getD1Database('DB')
}

async function rowsOf(db: Database, query: string) {
  const [result] = await db.batch([db.prepare(query)])
  return result?.results
}

const recorded = 'SELECT "name" FROM "d1_migrations" ORDER BY "id"'

describe('a start', () => {
  it('creates the tables in an empty folder, and finds them on the next start', async ({
    expect,
  }) => {
    const stateFolder = await newFolder()

    const first = await startAndAsk(stateFolder)
    const second = await startAndAsk(stateFolder)

    expect(first).toMatchObject({ status: 200, hasSuperuser: false })
    expect(second).toMatchObject({ status: 200, hasSuperuser: false })
    expect(first.storedLink).toContain(await hexDigest('SHA-256', first.setupToken ?? ''))
    expect(second.storedLink).toContain(await hexDigest('SHA-256', second.setupToken ?? ''))
  })
})

describe('a statement on the stored tables', () => {
  const statement = `INSERT INTO _params (id, value) VALUES ('stored', 1)`
  const stored = `SELECT id FROM _params WHERE id = 'stored'`

  it('runs if the tables are up to date, and reports a superuser', async ({ expect }) => {
    const stateFolder = await newFolder()
    const db = await openDatabase(stateFolder)
    await applyMigrations(db)

    const before = runOnStoredTables(stateFolder, 'DB', statement)
    await db.batch([
      db.prepare(`INSERT INTO _superusers (id, email, tokenKey) VALUES ('a', 'b', 'c')`),
    ])
    const after = runOnStoredTables(stateFolder, 'DB', 'SELECT 1')

    expect([before, after]).toEqual([false, true])
    expect(await rowsOf(db, stored)).toHaveLength(1)
  })

  it('does not run if a migration is missing', async ({ expect }) => {
    const stateFolder = await newFolder()
    const last = migrationNames().at(-1)
    const db = await openDatabase(stateFolder)
    await applyMigrations(db)
    await db.batch([db.prepare('DELETE FROM d1_migrations WHERE name = ?').bind(last)])

    expect(runOnStoredTables(stateFolder, 'DB', statement)).toBeUndefined()
    expect(await rowsOf(db, stored)).toEqual([])
  })

  it('does not create a database', async ({ expect }) => {
    const stateFolder = await newFolder()

    expect(runOnStoredTables(stateFolder, 'DB', statement)).toBeUndefined()
    expect(await readdir(stateFolder)).toEqual([])
  })

  it('does not run while another process has locked the database', async ({ expect }) => {
    const stateFolder = await newFolder()
    const db = await openDatabase(stateFolder)
    await applyMigrations(db)
    const [file = ''] = globSync('v3/d1/*/????????*.sqlite', { cwd: stateFolder }).filter(
      (name) => !name.endsWith('metadata.sqlite'),
    )
    const other = new DatabaseSync(join(stateFolder, file))
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')

    expect(runOnStoredTables(stateFolder, 'DB', statement)).toBeUndefined()
    other.exec('ROLLBACK')
    expect(await rowsOf(db, stored)).toEqual([])
  })
})

describe('the migrations of a local database', () => {
  it('are recorded once and in order if two processes apply them', async ({ expect }) => {
    const db = await openDatabase()

    await Promise.all([applyMigrations(db), applyMigrations(db)])

    expect(await rowsOf(db, recorded)).toEqual(migrationNames().map((name) => ({ name })))
  })

  it('continue where wrangler stopped', async ({ expect }) => {
    const db = await openDatabase()
    const [first] = await readMigrations()
    await db.batch([
      db.prepare('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)'),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(first?.name),
      db.prepare(first?.sql ?? ''),
    ])

    await applyMigrations(db)

    expect(await rowsOf(db, recorded)).toEqual(migrationNames().map((name) => ({ name })))
  })

  it('leave nothing behind if one of them fails', async ({ expect }) => {
    const db = await openDatabase()
    await db.batch([db.prepare('CREATE TABLE _outbox (id)')])

    await expect(applyMigrations(db)).rejects.toThrow('_outbox')

    const tables = await rowsOf(
      db,
      `SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'`,
    )
    expect(tables).toEqual([{ name: '_outbox' }])
  })
})

describe('the options of the local Worker', () => {
  it.for(['', '{"key":1}'])(
    'are derived again if their file contains %j',
    async (text, { expect }) => {
      const file = join(await newFolder(), 'worker-options.json')
      const first = await readLocalWorker(file)
      await writeFile(file, text)

      const { name, options } = await readLocalWorker(file)

      expect(name).toBe('arete')
      expect(options).toEqual(first.options)
      expect(options.d1Databases).toEqual({ DB: { id: 'DB' } })
    },
  )
})
