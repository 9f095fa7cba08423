import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { parseAttributes } from '#cli/pocketbase/file-attributes.ts'
import { beginFolder } from '#cli/pocketbase/write-folder.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { scaffold } from '#catalog/scaffolds.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { defaultSettings } from '#settings/defaults.ts'

let parent: string
let folder: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'arete-test-'))
  folder = join(parent, 'new/pb_data')
})
afterEach(async () => {
  await rm(parent, { recursive: true, force: true })
})

async function* contentOf(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk)
}

describe('an unfinished data folder', () => {
  it('is not recognised by PocketBase', async ({ expect }) => {
    const writer = await beginFolder(folder)
    writer.define(systemCollections, defaultSettings)

    expect(await readdir(folder)).not.toContain('data.db')
    await writer.finish()

    expect(await readdir(folder)).toEqual(['data.db'])
  })

  it('is removed if it is abandoned', async ({ expect }) => {
    const writer = await beginFolder(folder)
    await writer.writeFile('c/r/a.txt', contentOf('a'), {})

    writer.abandon()

    expect(await readdir(folder)).toEqual([])
  })

  it('has rows with their row ids and exact integers', async ({ expect }) => {
    const [mfas] = systemCollections
    if (mfas === undefined) return expect.unreachable()
    const writer = await beginFolder(folder)
    writer.define(systemCollections, defaultSettings)

    writer.insert(mfas, [
      { rowId: 7n, values: { id: 'b', method: 'otp' } },
      { rowId: 9n, values: { id: 'a', method: 'it\'s "quoted"\0' } },
    ])
    await writer.finish()

    const database = new DatabaseSync(join(folder, 'data.db'))
    const rows = database.prepare('SELECT rowid, id, method FROM _mfas ORDER BY rowid').all()
    database.close()
    expect(rows).toEqual([
      { rowid: 7, id: 'b', method: 'otp' },
      { rowid: 9, id: 'a', method: 'it\'s "quoted"\0' },
    ])
  })

  it('has values of every type', async ({ expect }) => {
    const [mfas] = systemCollections
    if (mfas === undefined) return expect.unreachable()
    const writer = await beginFolder(folder)
    writer.define(systemCollections, defaultSettings)

    writer.insert(mfas, [
      { rowId: 1n, values: { id: 'a', method: { blob: '00FF' } } },
      { rowId: 2n, values: { id: 'b', method: { text: '61FF00' } } },
      { rowId: 3n, values: { id: 'c', method: 'plain' } },
    ])
    await writer.finish()

    const database = new DatabaseSync(join(folder, 'data.db'))
    const rows = database
      .prepare('SELECT id, typeof(method) AS type, hex(method) AS hex FROM _mfas ORDER BY id')
      .all()
    database.close()
    expect(rows).toEqual([
      { id: 'a', type: 'blob', hex: '00FF' },
      { id: 'b', type: 'text', hex: '61FF00' },
      { id: 'c', type: 'text', hex: '706C61696E' },
    ])
  })

  // The names come from the database of a deployment, to which `/api/sql` can write.
  it('contains every path', async ({ expect }) => {
    const writer = await beginFolder(folder)
    const paths = ['../../config', '../data.db', '/tmp/arete-escape', 'c/../../../x', '..', '.']

    for (const path of paths) {
      await expect(async () => writer.writeFile(path, contentOf('a'), {})).rejects.toThrow(
        /leads out of/,
      )
    }

    expect(await readdir(folder)).toEqual(['data.db.unfinished'])
    expect(await readdir(parent)).toEqual(['new'])
    writer.abandon()
  })

  it('runs one statement for each view, whatever its query holds', async ({ expect }) => {
    const elsewhere = join(parent, 'elsewhere.db')
    const view = {
      ...scaffold('view'),
      id: 'v',
      name: 'v',
      options: { viewQuery: `SELECT id FROM _mfas); ATTACH '${elsewhere}' AS e; SELECT (1` },
    } as CollectionDefinition
    const writer = await beginFolder(folder)

    expect(() => writer.define([...systemCollections, view], defaultSettings)).toThrow()

    writer.abandon()
    expect(await readdir(parent)).toEqual(['new'])
  })

  it('has files with their sidecar files', async ({ expect }) => {
    const writer = await beginFolder(folder)
    const known = { contentType: 'text/plain', originalName: 'Ü.txt' }

    const size = await writer.writeFile('c/r/a.txt', contentOf('hel', 'lo'), known)
    await writer.finish()

    const file = join(folder, 'storage/c/r/a.txt')
    expect(size).toBe(5)
    expect(await readFile(file, 'utf8')).toBe('hello')
    expect(parseAttributes(await readFile(`${file}.attrs`, 'utf8'))).toEqual({
      ...known,
      md5: '5d41402abc4b2a76b9719d911017c592',
    })
  })
})
