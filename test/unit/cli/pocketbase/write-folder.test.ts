import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { parseAttributes } from '#cli/pocketbase/file-attributes.ts'
import { beginFolder } from '#cli/pocketbase/write-folder.ts'
import { systemCollections } from '#collections/system-collections.ts'
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

describe('a data folder in the making', () => {
  it('is none for PocketBase before it is finished', async ({ expect }) => {
    const writer = await beginFolder(folder)
    writer.define(systemCollections, defaultSettings)

    expect(await readdir(folder)).not.toContain('data.db')
    await writer.finish()

    expect(await readdir(folder)).toEqual(['data.db'])
  })

  it('is gone when it is abandoned', async ({ expect }) => {
    const writer = await beginFolder(folder)
    await writer.writeFile('c/r/a.txt', contentOf('a'), {})

    writer.abandon()

    expect(await readdir(folder)).toEqual([])
  })

  it('holds rows at their places, with whole numbers as they are', async ({ expect }) => {
    const [mfas] = systemCollections
    if (mfas === undefined) return expect.unreachable()
    const writer = await beginFolder(folder)
    writer.define(systemCollections, defaultSettings)

    writer.insert(mfas, [
      { place: 7n, values: { id: 'b', method: 'otp' } },
      { place: 9n, values: { id: 'a', method: 'it\'s "quoted"\0' } },
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

  it('holds files with what is known of them beside', async ({ expect }) => {
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
