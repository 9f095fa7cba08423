import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startArete } from './local-arete.ts'
import { initialisePocketBase, signedIn, startPocketBase } from './pocketbase-process.ts'
import { runCommand, runExport, runImport } from './run-command.ts'

/** The folder of everything these tests write. */
let folder: string
/** The data folder of a stopped PocketBase with a few collections. */
let data: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-untidy-'))
  data = join(folder, 'tidy/pb_data')
  await mkdir(data, { recursive: true })
  await initialisePocketBase(data)
  const pocketbase = await startPocketBase(data)
  const { collections } = pocketbase.client
  const base = { type: 'base', listRule: '' }
  await collections.create({
    ...base,
    name: 'numbers',
    fields: [
      { type: 'number', name: 'rowid' },
      { type: 'text', name: 'note' },
    ],
  })
  await collections.create({ ...base, name: 'doubles', fields: [{ type: 'text', name: 'code' }] })
  await collections.create({ ...base, name: 'lost', fields: [{ type: 'text', name: 'code' }] })
  await collections.create({
    name: 'inner',
    type: 'view',
    listRule: '',
    viewQuery: 'SELECT id, name FROM _collections',
  })
  await pocketbase.stop()
  change(data, (database) => {
    const insert = database.prepare('INSERT INTO numbers ("id", "rowid", "note") VALUES (?, ?, ?)')
    for (let n = 0; n < 2500; n++) insert.run(`number${n}`, Math.floor(n / 5), `note ${n}`)
  })
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

function change(dataFolder: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(dataFolder, 'data.db'))
  database.exec('BEGIN')
  work(database)
  database.exec('COMMIT')
  database.close()
}

/** A copy of the data folder, changed by hand. */
async function changed(name: string, work: (database: DatabaseSync) => void): Promise<string> {
  const copy = join(folder, name, 'pb_data')
  await cp(data, copy, { recursive: true })
  change(copy, work)
  return copy
}

describe('an import of an untidy database', () => {
  it('imports and exports every record of a collection with a field named rowid', async ({
    expect,
  }) => {
    const state = join(folder, 'numbers-state')
    const out = join(folder, 'numbers-out')

    const moved = await runImport([data, '--persist-to', state])
    const back = await runExport([out, '--persist-to', state])
    const pocketbase = await startPocketBase(out)
    const client = await signedIn(pocketbase.origin)
    const numbers = await client.collection('numbers').getFullList({ sort: '@rowid', batch: 500 })
    await pocketbase.stop()

    expect(moved.output).toContain('  numbers: 2500 records')
    expect(back.status).toBe(0)
    expect(numbers.map(({ note, rowid }) => [note, rowid])).toEqual(
      Array.from({ length: 2500 }, (_, n) => [`note ${n}`, Math.floor(n / 5)]),
    )
  })

  it('reports a view on a private table of Arete, and a collection without a table', async ({
    expect,
  }) => {
    const source = await changed('lost', (database) => database.exec('DROP TABLE lost'))

    const { status, output } = await runImport([source, '--persist-to', join(folder, 'lost-state')])

    expect(status).toBe(2)
    expect(output).toContain('The collection inner: ')
    expect(output).toContain('The collection lost: its table is missing')
    expect(output).toContain('  doubles: 0 records')
  })

  it('reads missing values like PocketBase', async ({ expect }) => {
    const state = join(folder, 'missing-state')
    const source = await changed('missing', (database) => {
      database.exec('ALTER TABLE numbers DROP COLUMN note')
      database.exec('ALTER TABLE numbers ADD COLUMN note TEXT')
    })

    const { output } = await runImport([source, '--persist-to', state])
    const arete = await startArete(state)
    const { items } = await arete.client.collection('numbers').getList(1, 1)
    await arete.stop()

    expect(output).toContain('  numbers: 2500 records')
    expect(items[0]).toMatchObject({ note: '' })
  })

  it('reports values that violate a unique index', async ({ expect }) => {
    const state = join(folder, 'doubles-state')
    const source = await changed('doubles', (database) => {
      database.exec("INSERT INTO doubles (id, code) VALUES ('one', 'same'), ('two', 'same')")
      const index = JSON.stringify(['CREATE UNIQUE INDEX `idx_code` ON `doubles` (`code`)'])
      database.prepare("UPDATE _collections SET indexes = ? WHERE name = 'doubles'").run(index)
    })

    const refused = await runImport([source, '--persist-to', state])
    change(source, (database) =>
      database.exec("UPDATE doubles SET code = 'other' WHERE id = 'two'"),
    )
    const taken = await runImport([source, '--persist-to', state])

    expect(refused.status).toBe(1)
    expect(refused.output).toMatch(
      /Two records have the same value .*\(doubles: code\)\. Nothing was/,
    )
    expect(taken.output).toContain('  doubles: 2 records')
  })

  it('reads the log of a linked database', async ({ expect }) => {
    const copy = join(folder, 'linked/pb_data')
    const elsewhere = join(folder, 'linked/volume')
    await cp(data, copy, { recursive: true })
    await mkdir(elsewhere)
    const pocketbase = await startPocketBase(copy)
    const client = await signedIn(pocketbase.origin)
    await client.collections.create({ name: 'late', type: 'base' })
    await pocketbase.kill()
    for (const name of ['data.db', 'data.db-wal']) {
      await rename(join(copy, name), join(elsewhere, name))
    }
    await symlink(join(elsewhere, 'data.db'), join(copy, 'data.db'))

    const { output } = await runImport([copy, '--dry-run'])

    expect(output).toContain('PocketBase did not exit cleanly.')
    expect(output).toContain('  late: 0 records')
  })
})

describe('an interrupted command', () => {
  it('removes its copy of a backup’s database', async ({ expect }) => {
    const pocketbase = await startPocketBase(data)
    const client = await signedIn(pocketbase.origin)
    await client.backups.create('moving.zip')
    await pocketbase.stop()
    const temporary = join(folder, 'temporary')
    await mkdir(temporary)

    const backup = join(data, 'backups/moving.zip')
    const state = join(folder, 'interrupted-state')
    const command = runCommand('import', [backup, '--persist-to', state], { TMPDIR: temporary })
    await command.prints(/Into the local Arete/)
    command.interrupt()
    const { status, output } = await command.ended

    expect(status).toBe(130)
    expect(output).toContain('Interrupted. Run the command again to resume.')
    expect((await readdir(temporary)).filter((name) => name.startsWith('arete-'))).toEqual([])
  })
})

describe('an option that npm consumes', () => {
  it('is reported', async ({ expect }) => {
    const state = join(folder, 'unused')
    const environment = { npm_config_dry_run: 'true' }

    const { status, output } = await runImport([data, '--persist-to', state], environment)

    expect(status).toBe(1)
    expect(output).toMatch(/^npm consumed --dry-run/)
  })
})
