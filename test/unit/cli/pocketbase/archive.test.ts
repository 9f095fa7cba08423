import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, it, onTestFinished } from 'vitest'
import { openArchive } from '#cli/pocketbase/archive.ts'
import { formatAttributes } from '#cli/pocketbase/file-attributes.ts'
import { type ZipEntry, zipOf } from '../../../support/zip.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

async function archiveOf(...entries: ZipEntry[]) {
  const folder = await mkdtemp(join(tmpdir(), 'arete-test-'))
  const file = join(folder, 'backup.zip')
  await writeFile(file, zipOf(entries))
  const archive = await openArchive(file)
  onTestFinished(async () => {
    archive.close()
    await rm(folder, { recursive: true })
  })
  return { archive, folder }
}

describe('a zip archive', () => {
  it('returns each file of a folder with its attributes', async ({ expect }) => {
    const sidecar = formatAttributes({ contentType: 'text/plain', originalName: 'Ü.txt' })
    const { archive } = await archiveOf(
      { name: 'data.db', content: bytes('database') },
      { name: 'storage/c/r/ü.txt', content: bytes('content') },
      { name: 'storage/c/r/ü.txt.attrs', content: bytes(sidecar) },
    )
    const files = archive.filesIn('storage')

    expect(archive.topNames).toEqual(['data.db', 'storage'])
    expect(await files.find('c/r/other.txt')).toBeUndefined()
    expect(await files.find('c/r/ü.txt')).toEqual({
      sizeBytes: 7,
      attributes: { contentType: 'text/plain', originalName: 'Ü.txt' },
    })
    expect(await buffer(files.read('c/r/ü.txt'))).toEqual(Buffer.from('content'))
  })

  it('extracts a file to disk, and returns false if there is none', async ({ expect }) => {
    const { archive, folder } = await archiveOf({ name: 'data.db', content: bytes('database') })

    expect(await archive.extract('data.db', join(folder, 'out'))).toBe(true)
    expect(await archive.extract('other.db', join(folder, 'other'))).toBe(false)
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('database')
  })

  it('rejects content that does not match its checksum', async ({ expect }) => {
    const damaged = { name: 'storage/c/r/a.txt', content: bytes('content'), checksum: 1 }
    const { archive } = await archiveOf(damaged)

    await expect(buffer(archive.filesIn('storage').read('c/r/a.txt'))).rejects.toThrow(
      /^The archive is damaged: storage\/c\/r\/a\.txt in .* cannot be read\.$/,
    )
  })

  // Such a file could be extracted anywhere.
  it('is rejected if a name leads out of it', async ({ expect }) => {
    const outside = { name: '../outside.txt', content: bytes('x') }

    await expect(archiveOf(outside)).rejects.toThrow(/cannot be read as a zip archive/)
  })
})
