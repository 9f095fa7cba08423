import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { copyPublicFiles, findPublicFiles } from '#cli/pocketbase/public-files.ts'

let folder: string
let from: string
let to: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-test-'))
  from = join(folder, 'pb_public')
  to = join(folder, 'public')
  await mkdir(join(from, 'assets'), { recursive: true })
  await mkdir(to)
  await writeFile(join(from, 'index.html'), 'front end')
  await writeFile(join(from, 'assets/app.js'), 'app')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('a front end', () => {
  it('is copied with its folders, also over identical files', async ({ expect }) => {
    await copyPublicFiles(await findPublicFiles(from, to), 'keep')

    const again = await findPublicFiles(from, to)
    expect(again).toMatchObject({ paths: ['assets/app.js', 'index.html'], conflicts: [] })
    expect(await readFile(join(to, 'assets/app.js'), 'utf8')).toBe('app')
  })

  it('replaces a different file only with --replace', async ({ expect }) => {
    await writeFile(join(to, 'index.html'), 'my own')

    const found = await findPublicFiles(from, to)
    await copyPublicFiles(found, 'keep')
    const kept = await readFile(join(to, 'index.html'), 'utf8')
    await copyPublicFiles(found, 'replace')

    expect(found.conflicts).toEqual(['index.html'])
    expect(kept).toBe('my own')
    expect(await readFile(join(to, 'index.html'), 'utf8')).toBe('front end')
  })

  it('skips links, rules of Workers, and files that Workers do not serve', async ({ expect }) => {
    await writeFile(join(folder, 'secret.txt'), 'secret')
    await symlink('../secret.txt', join(from, 'secret.txt'))
    await symlink('..', join(from, 'up'))
    await writeFile(join(from, '_redirects'), '/* https://example.com')
    await writeFile(join(from, 'large.bin'), '')
    await truncate(join(from, 'large.bin'), 26 * 2 ** 20)

    const { paths, notes } = await findPublicFiles(from, to)

    expect(paths).toEqual(['assets/app.js', 'index.html'])
    expect(notes.toSorted()).toEqual([
      'pb_public/_redirects: Workers read rules from a file with this name.',
      'pb_public/large.bin: it is larger than 25 MiB, the limit of Workers.',
      'pb_public/secret.txt: it is a link, or no file.',
      'pb_public/up: it is a link, or no file.',
    ])
  })

  it('is skipped if its folder is a link', async ({ expect }) => {
    const linked = join(folder, 'linked')
    await symlink(folder, linked)

    expect(await findPublicFiles(linked, to)).toMatchObject({
      paths: [],
      notes: ['pb_public: it is a link.'],
    })
  })
})
