import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import PocketBase, { type RecordModel } from 'pocketbase'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startArete } from './local-arete.ts'
import {
  initialisePocketBase,
  type RunningPocketBase,
  signedIn,
  startPocketBase,
} from './pocketbase-process.ts'
import { runExport, runImport } from './run-command.ts'

const encryptionKey = '0123456789abcdef0123456789abcdef'

/** The folder of everything these tests write. */
let folder: string
/** The data folder of a killed PocketBase, with a note only in its log. */
let killed: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-refusals-'))
  killed = join(folder, 'killed/pb_data')
  await mkdir(killed, { recursive: true })
  await initialisePocketBase(killed, { encryptionKey })
  const pocketbase = await startPocketBase(killed, { encryptionKey })
  await fillKilled(pocketbase)
  await pocketbase.kill()
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

async function fillKilled({ client }: RunningPocketBase): Promise<void> {
  await client.settings.update({ meta: { appName: 'Encrypted' } })
  await client.collections.create({
    name: 'notes',
    type: 'base',
    listRule: '',
    fields: [
      { type: 'text', name: 'text' },
      { type: 'file', name: 'file', maxSelect: 1 },
    ],
  })
  await client.collection('notes').create({ text: 'kept', file: new File(['content'], 'kept.txt') })
  await client.collection('notes').create({ text: 'bare', file: new File(['content'], 'gone.txt') })
}

describe('an import', () => {
  it('rejects a running PocketBase', async ({ expect }) => {
    const running = join(folder, 'running/pb_data')
    await mkdir(running, { recursive: true })
    await initialisePocketBase(running)
    const pocketbase = await startPocketBase(running)

    try {
      const outcome = await runImport([running, '--persist-to', join(folder, 'unused')])

      expect(outcome).toMatchObject({ status: 1 })
      expect(outcome.output).toMatch(/^PocketBase is running on this folder: .* Stop it/)
    } finally {
      await pocketbase.stop()
    }
  })

  it('reports on a dry run what it would import, and changes nothing', async ({ expect }) => {
    const before = await readFile(join(killed, 'data.db-wal'))

    const outcome = await runImport([killed, '--dry-run', '--persist-to', join(folder, 'unused')])

    expect(outcome).toMatchObject({ status: 0 })
    expect(outcome.output).toContain('PocketBase did not exit cleanly.')
    expect(outcome.output).toContain('Dry run: nothing was changed. An import would include:')
    expect(outcome.output).toContain('  notes: 2 records')
    expect(outcome.output).toContain('The settings are encrypted and were left out.')
    expect(await readFile(join(killed, 'data.db-wal'))).toEqual(before)
  })

  it('imports everything it can, reports the rest, and replaces nothing without --replace', async ({
    expect,
  }) => {
    const state = join(folder, 'state')
    const source = join(folder, 'damaged/pb_data')
    await cp(killed, source, { recursive: true })
    const lost = await loseFile(source)
    await addFile(source)
    const into = ['--persist-to', state]

    const first = await runImport([source, ...into])
    const again = await runImport([source, ...into])
    const replaced = await runImport([source, ...into, '--replace', '--encryption-env', 'NO_SUCH'])
    const arete = await startArete(state)
    const notes = await arete.client.collection('notes').getFullList({ sort: '@rowid' })
    await arete.stop()

    expect(first).toMatchObject({ status: 2 })
    expect(first.output).toContain(`The file ${lost} of the record`)
    expect(first.output).toContain('1 file that no imported record names.')
    expect(again).toMatchObject({ status: 1 })
    expect(again.output).toContain(
      'This Arete is not empty. It has 2 records, and the collection notes.',
    )
    expect(replaced.output).toBe('There is no environment variable NO_SUCH.\n')
    expect(notes.map(({ text }) => text)).toEqual(['kept', 'bare'])
  })

  it('can be repeated beside a running server, with the current content of the source', async ({
    expect,
  }) => {
    const state = join(folder, 'state')
    const source = join(folder, 'changed/pb_data')
    await cp(killed, source, { recursive: true })
    const database = new DatabaseSync(join(source, 'data.db'))
    database.exec("INSERT INTO notes (id, text) VALUES ('added', 'added')")
    database.close()
    const options = ['--persist-to', state, '--replace', '--encryption-env', 'PB_KEY']
    const arete = await startArete(state)

    try {
      const listNotes = () => new PocketBase(arete.origin).collection('notes').getFullList()
      const before = await listNotes()
      const outcome = await runImport([source, ...options], { PB_KEY: encryptionKey })
      const notes = await listNotes()
      const file = await fetch(
        new PocketBase(arete.origin).files.getURL(notes[0] ?? {}, fileOf(notes[0])),
      )
      const client = await signedIn(arete.origin)

      expect(before.map(({ text }) => text)).toEqual(['kept', 'bare'])
      expect(outcome).toMatchObject({ status: 0 })
      expect(notes.map(({ text }) => text)).toEqual(['kept', 'bare', 'added'])
      expect(await file.text()).toBe('content')
      expect(await client.settings.getAll()).toMatchObject({ meta: { appName: 'Encrypted' } })
    } finally {
      await arete.stop()
    }
  })
})

describe('an export', () => {
  it('rejects a folder that is not empty', async ({ expect }) => {
    const full = join(folder, 'full')
    await mkdir(full)
    await writeFile(join(full, 'letter.txt'), 'Dear Ada')

    const outcome = await runExport([full, '--persist-to', join(folder, 'unused')])

    expect(outcome).toMatchObject({ status: 1 })
    expect(outcome.output).toMatch(/is not empty/)
    expect(await readFile(join(full, 'letter.txt'), 'utf8')).toBe('Dear Ada')
  })
})

function fileOf(note: RecordModel | undefined): string {
  return String(note?.['file'])
}

/** Removes the file of the second note from a storage folder. Returns its name. */
async function loseFile(dataFolder: string): Promise<string> {
  const database = new DatabaseSync(join(dataFolder, 'data.db'))
  const row = database.prepare("SELECT id, file FROM notes WHERE text = 'bare'").get()
  const { id } = database.prepare("SELECT id FROM _collections WHERE name = 'notes'").get() ?? {}
  database.close()
  await rm(join(dataFolder, 'storage', String(id), String(row?.['id']), String(row?.['file'])))
  return String(row?.['file'])
}

/** Adds a file that no record names to a storage folder, with a thumbnail that does not count. */
async function addFile(dataFolder: string): Promise<void> {
  const record = join(dataFolder, 'storage/collection/record')
  await mkdir(join(record, 'thumbs_spare.png'), { recursive: true })
  await writeFile(join(record, 'spare.png'), 'spare')
  await writeFile(join(record, 'spare.png.attrs'), '{}')
  await writeFile(join(record, 'thumbs_spare.png/100x100_spare.png'), 'small')
}
