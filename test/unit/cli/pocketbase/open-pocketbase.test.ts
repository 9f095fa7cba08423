import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { openPocketBase } from '#cli/pocketbase/open-pocketbase.ts'
import { systemTables } from '#cli/pocketbase/system-schema.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function createDatabase(...statements: string[]): DatabaseSync {
  const database = new DatabaseSync(join(folder, 'data.db'))
  for (const statement of statements) database.exec(statement)
  return database
}

describe('a data folder', () => {
  it('is rejected if it does not exist', async ({ expect }) => {
    await expect(openPocketBase(join(folder, 'missing'))).rejects.toThrow(
      /^There is no .*missing\.$/,
    )
    await expect(openPocketBase(folder)).rejects.toThrow(/is no data folder of PocketBase/)
  })

  it('is rejected if its database is invalid', async ({ expect }) => {
    await writeFile(join(folder, 'data.db'), 'This is no database, whatever its name says.')

    await expect(openPocketBase(folder)).rejects.toThrow(/cannot be read: file is not a database/)
  })

  it('is rejected if its database is of another program', async ({ expect }) => {
    createDatabase('CREATE TABLE notes (id)').close()

    await expect(openPocketBase(folder)).rejects.toThrow(/is no database of PocketBase/)
  })

  it('is rejected with advice if it is older than 0.23', async ({ expect }) => {
    createDatabase('CREATE TABLE _collections (id, name, schema, options)').close()

    await expect(openPocketBase(folder)).rejects.toThrow(
      /before 0\.23\. Start it once with a newer/,
    )
  })

  it('is rejected if its storage is a link that leads out of it', async ({ expect }) => {
    createDatabase(...systemTables).close()
    await symlink(tmpdir(), join(folder, 'storage'))

    await expect(openPocketBase(folder)).rejects.toThrow(/storage is a link that leads out of/)
  })

  it('is not a file of collections', async ({ expect }) => {
    const file = join(folder, 'pb_schema.json')
    await writeFile(file, '[]')

    await expect(openPocketBase(file)).rejects.toThrow('PUT /api/collections/import')
  })

  it('is rejected while its database is in use', async ({ expect }) => {
    const database = createDatabase('PRAGMA journal_mode = WAL', ...systemTables)

    try {
      await expect(openPocketBase(folder)).rejects.toThrow(/PocketBase is running on this folder/)
    } finally {
      database.close()
    }
  })

  it('detects writes after it was opened', async ({ expect }) => {
    const database = createDatabase(...systemTables)
    const source = await openPocketBase(folder)

    expect(source.isUnchanged()).toBe(true)
    database.exec("INSERT INTO _params (id) VALUES ('x')")

    expect(source.isUnchanged()).toBe(false)
    await source.close()
    database.close()
  })

  it('is not changed, and reports what is not imported', async ({ expect }) => {
    createDatabase(
      'PRAGMA journal_mode = WAL',
      ...systemTables,
      'CREATE TABLE spare (id)',
      'CREATE TRIGGER tidy AFTER DELETE ON spare BEGIN SELECT 1; END',
      "INSERT INTO _migrations VALUES ('1_init.go', 0), ('2_mine.js', 0)",
    ).close()
    await mkdir(join(folder, 'backups'))
    const before = await readFile(join(folder, 'data.db'))

    const source = await openPocketBase(folder)
    await source.close()

    expect(source.notImported).toEqual([
      'The history of 1 migration, whose changes are part of the import.',
      'Triggers of the database: tidy.',
      'Tables without a collection: spare.',
      'Other files in the folder: backups.',
    ])
    expect(await readFile(join(folder, 'data.db'))).toEqual(before)
    expect(await readdir(folder)).toEqual(['backups', 'data.db'])
  })
})

describe('a backup', () => {
  it('is rejected if it is no ZIP archive', async ({ expect }) => {
    const file = join(folder, 'backup.zip')
    await writeFile(file, 'PK, but not really')

    await expect(openPocketBase(file)).rejects.toThrow(/cannot be read as a zip archive/)
  })
})
