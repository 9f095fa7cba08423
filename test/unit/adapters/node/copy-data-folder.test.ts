import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { copyDataFolder } from '#adapters/node/copy-data-folder.ts'
import { openDataFolder } from '#cli/deployment/data-folder.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const ignoreProgress = (): void => undefined

async function namesIn(folder: string): Promise<readonly unknown[]> {
  const { db, close } = await openDataFolder(folder)
  const [rows] = await db.batch([db.prepare('SELECT "name" FROM "copied" ORDER BY 1')])
  await close()
  return rows?.results.map(({ name }) => name) ?? []
}

describe('a copy of a data folder', () => {
  it('has what was committed, beside a process that goes on writing', async ({ expect }) => {
    const folder = await temporaryFolder()
    const [data, copy] = [join(folder, 'data'), join(folder, 'copy')]
    const { db, files, sessions, close } = await openDataFolder(data)
    await db.batch([
      db.prepare('CREATE TABLE "copied" ("name" TEXT)'),
      db.prepare(`INSERT INTO "copied" VALUES ('before')`),
    ])
    await files.put('pbc_1/a/b.txt', 'content', { httpMetadata: { contentType: 'text/plain' } })
    await sessions.put('session:1', 'x', { expiration: 4_000_000_000 })

    const copied = await copyDataFolder(data, copy, ignoreProgress)
    await db.batch([db.prepare(`INSERT INTO "copied" VALUES ('after')`)])
    await close()

    expect(copied).toEqual({ files: 1, bytes: 7, missing: [] })
    expect(await namesIn(data)).toEqual(['after', 'before'])
    expect(await namesIn(copy)).toEqual(['before'])
    const opened = await openDataFolder(copy)
    const object = await opened.files.get('pbc_1/a/b.txt')
    expect(await new Response(object?.body).text()).toBe('content')
    expect(object?.httpMetadata).toEqual({ contentType: 'text/plain' })
    expect(await opened.sessions.get('session:1')).toBe('x')
    await opened.close()
  })

  it('names the files that it could not find', async ({ expect }) => {
    const folder = await temporaryFolder()
    const [data, copy] = [join(folder, 'data'), join(folder, 'copy')]
    const { files, close } = await openDataFolder(data)
    await files.put('pbc_1/a/b.txt', 'content')
    await close()
    await rm(join(data, 'storage/content'), { recursive: true })

    const copied = await copyDataFolder(data, copy, ignoreProgress)

    expect(copied).toEqual({ files: 0, bytes: 0, missing: ['pbc_1/a/b.txt'] })
    expect(existsSync(join(copy, 'logs.db'))).toBe(false)
  })
})
