import { describe, it } from 'vitest'
import type { DataMigration } from '#extension/index.ts'
import { host } from '#test-host'
import { type SignedIn, signIn, signInSuperuser } from '../../support/accounts.ts'
import { resetBindings } from '../../support/bindings.ts'
import { runJobs } from '../../support/extended-app.ts'
import { formOf } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

interface Entry {
  readonly id: number
  readonly source: string
}

async function historyOf(app: TestApp, admin: SignedIn): Promise<readonly Entry[]> {
  const { body } = await app.get('/api/schema/history?perPage=100', admin)
  return (body as { items: readonly Entry[] }).items
}

async function entryOf(app: TestApp, admin: SignedIn, id: number | undefined): Promise<unknown> {
  return (await app.get(`/api/schema/history/${id}`, admin)).body
}

const posts = { name: 'posts', type: 'base', listRule: '', fields: [{ type: 'text', name: 'a' }] }

async function push(app: TestApp, admin: SignedIn, definition: object): Promise<void> {
  const body = { collections: [definition] }
  const plan = await app.post('/api/schema/plan', body, admin)
  const { revision } = plan.body as { revision: number }
  const { status } = await app.post('/api/schema/apply', { ...body, revision }, admin)
  if (status !== 200) throw new Error(`The push was answered with ${status}.`)
}

describe('the history of definitions', () => {
  it('comes with a backup: entries, the base of drift, and data migrations', async ({ expect }) => {
    const app = createTestApp()
    const admin = await signInSuperuser(app)
    let runs = 0
    const dataMigrations: DataMigration[] = [
      {
        id: 'once',
        async run(_, { tx }) {
          runs++
          tx.create('posts', { a: `${runs}` })
          await Promise.resolve()
        },
      },
    ]
    await push(app, admin, posts)
    await runJobs({ dataMigrations }, new Date('2030-01-01T00:00:00Z'))
    await app.patch('/api/collections/posts', { listRule: null }, admin)
    const before = await historyOf(app, admin)
    const details = await Promise.all(before.map(({ id }) => entryOf(app, admin, id)))
    await app.post('/api/backups', { name: 'a.zip' }, admin)
    const { body } = await app.post('/api/files/token', undefined, admin)
    const { token } = body as { token: string }
    const url = `http://127.0.0.1:8787/api/backups/a.zip?token=${token}`
    const archive = await (await app.fetch(url)).arrayBuffer()

    await resetBindings()
    const other = createTestApp()
    const first = await signInSuperuser(other)
    await other.post('/api/collections', { name: 'replaced', type: 'base' }, first)
    await other.post('/api/backups/upload', formOf(['file', new File([archive], 'b.zip')]), first)
    await other.post('/api/backups/b.zip/restore', undefined, first)
    await host.backups.wait()
    const root = await signIn(other, '_superusers', 'admin@example.com')
    await runJobs({ dataMigrations }, new Date('2030-01-01T00:01:00Z'))

    const [restored, ...after] = await historyOf(other, root)
    expect(restored).toMatchObject({ source: 'restore' })
    expect(after).toEqual(before)
    expect(await Promise.all(after.map(({ id }) => entryOf(other, root, id)))).toEqual(details)
    const plan = await other.post('/api/schema/plan', { collections: [posts] }, root)
    expect(plan.body).toMatchObject({ drift: [{ collection: 'posts', what: 'rules.list' }] })
    expect(runs).toBe(1)
  })
})
