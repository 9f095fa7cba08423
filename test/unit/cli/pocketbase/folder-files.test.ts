import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { filesInFolder } from '#cli/pocketbase/folder-files.ts'

let parent: string
let storage: string
let record: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'arete-test-'))
  storage = join(parent, 'pb_data/storage')
  record = join(storage, 'posts/record')
  await mkdir(record, { recursive: true })
  await writeFile(join(parent, 'secret.txt'), 'secret')
  await writeFile(join(record, 'own.txt'), 'own')
})
afterEach(async () => {
  await rm(parent, { recursive: true, force: true })
})

async function contentOf(path: string): Promise<string | undefined> {
  const files = filesInFolder(storage)
  if ((await files.find(path)) === undefined) return undefined
  return (await buffer(files.read(path))).toString()
}

describe('the storage of a data folder', () => {
  it('finds its own files, also through links inside it', async ({ expect }) => {
    await symlink('own.txt', join(record, 'link.txt'))
    await link(join(record, 'own.txt'), join(record, 'hard.txt'))

    expect(await contentOf('posts/record/own.txt')).toBe('own')
    expect(await contentOf('posts/record/link.txt')).toBe('own')
    expect(await contentOf('posts/record/hard.txt')).toBe('own')
  })

  // A malicious folder could otherwise publish files of this machine.
  it('does not follow a link that leads out of it', async ({ expect }) => {
    await symlink('../../../../secret.txt', join(record, 'file.txt'))
    await symlink(parent, join(storage, 'folder'))
    await symlink(join(parent, 'pb_data'), join(storage, 'posts/up'))
    await symlink('circle.txt', join(record, 'circle.txt'))
    await symlink('/dev/zero', join(record, 'own.txt.attrs'))
    await writeFile(join(parent, 'pb_data/data.db'), 'database')

    expect(await contentOf('posts/record/file.txt')).toBeUndefined()
    expect(await contentOf('folder/secret.txt')).toBeUndefined()
    expect(await contentOf('posts/up/data.db')).toBeUndefined()
    expect(await contentOf('posts/record/circle.txt')).toBeUndefined()
    expect(await contentOf('posts/record/own.txt')).toBe('own')
  })

  it('rejects a path that leads out of it', async ({ expect }) => {
    const files = filesInFolder(storage)

    for (const path of ['../../secret.txt', join(parent, 'secret.txt'), 'a/../../x', '.', '']) {
      await expect(files.find(path)).rejects.toThrow(/leads out of/)
    }
  })

  it('has no file below a file, and none with an overlong name', async ({ expect }) => {
    expect(await contentOf('posts/record/own.txt/own.txt')).toBeUndefined()
    expect(await contentOf(`posts/record/${'x'.repeat(300)}`)).toBeUndefined()
  })
})
