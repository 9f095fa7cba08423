import { join } from 'node:path'
import { describe, it } from 'vitest'
import { createNodeHost } from '#adapters/node/node-host.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('a host', () => {
  it('keeps everything in its folder', async ({ expect }) => {
    const folder = join(await temporaryFolder(), 'data')
    const migrations = await readMigrations()
    const expiration = Math.floor(Date.now() / 1000) + 1000

    const first = await createNodeHost({ folder, migrations })
    const { DB, SESSIONS, FILES } = first.bindings
    await DB.batch([DB.prepare('CREATE TABLE posts (title)')])
    await SESSIONS.put('session', 'value', { expiration })
    await FILES.put('file', 'content')
    await first.close()

    const second = await createNodeHost({ folder, migrations })
    const tables = await second.bindings.DB.batch([
      second.bindings.DB.prepare('SELECT * FROM posts'),
    ])
    const session = await second.bindings.SESSIONS.get('session')
    const file = await second.bindings.FILES.head('file')
    await second.close()

    expect([tables[0]?.results, session, file?.size]).toEqual([[], 'value', 7])
  })

  it('waits for its background work before it closes the files', async ({ expect }) => {
    const folder = await temporaryFolder()
    const host = await createNodeHost({ folder, migrations: [] })
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    let rows: readonly unknown[] = []
    const work = async (): Promise<void> => {
      await started
      const [result] = await host.bindings.DB.batch([host.bindings.DB.prepare('SELECT 1 AS one')])
      rows = result?.results ?? []
    }

    host.background.waitUntil(work())
    const closed = host.close()
    start()
    await closed

    expect(rows).toEqual([{ one: 1 }])
  })

  it('releases the folder if it cannot be opened', async ({ expect }) => {
    const folder = await temporaryFolder()
    const broken = [{ name: '0000_broken.sql', sql: 'nonsense' }]

    await expect(createNodeHost({ folder, migrations: broken })).rejects.toThrow('0000_broken.sql')

    const host = await createNodeHost({ folder, migrations: [] })
    await host.close()
  })
})
