import { Hono } from 'hono'
import { describe, it } from 'vitest'
import * as z from 'zod'
import { type AreteEnv, defineApp, defineCollection, requireAuth, text } from '#extension/index.ts'
import { createTestApp } from '#extension/testing.ts'

const routes = new Hono<AreteEnv>().get('/api/me', requireAuth('users'), (c) =>
  c.json(c.var.arete.caller.account),
)

const app = defineApp({ routes })

const posts = {
  id: 'pbc_posts',
  name: 'posts',
  type: 'base',
  fields: [
    { name: 'title', type: 'text' },
    { name: 'author', type: 'relation', collectionId: '_pb_users_auth_' },
  ],
  listRule: 'author = @request.auth.id',
}

const records = {
  users: [{ id: 'ann000000000000', email: 'ann@example.com' }, { email: 'bob@example.com' }],
  posts: [{ title: 'Mine', author: 'ann000000000000' }],
}

const path = '/api/collections/posts/records'

describe('createTestApp', () => {
  it('has the collections and records of its options, and clients of their accounts', async ({
    expect,
  }) => {
    const test = await createTestApp(app, { collections: [posts], records })
    const { users: [ann, bob] = [] } = test.records
    if (ann === undefined || bob === undefined) throw new Error('There are no accounts.')

    const lists = await Promise.all(
      [test, test.as(ann), test.as(bob), test.asSuperuser()].map(async (client) => {
        const { items } = await (await client.request(path)).json<{ items: { title: string }[] }>()
        return items.map(({ title }) => title)
      }),
    )
    const me = await test.as(bob).request('/api/me')

    expect(lists).toEqual([[], ['Mine'], [], ['Mine']])
    expect(await me.json()).toMatchObject({ id: bob.id, collection: 'users' })
    expect(test.records['posts']).toMatchObject([{ title: 'Mine', collectionName: 'posts' }])
  })

  it('has the collections that the application defines', async ({ expect }) => {
    const notes = defineCollection('notes', {
      type: 'base',
      fields: { title: text({ required: true }) },
      rules: { list: '' },
    })
    const defined = defineApp({ collections: [notes] })

    const test = await createTestApp(defined, { records: { notes: [{ title: 'One' }] } })
    const list = await test.request('/api/collections/notes/records')
    const parts = await test.asSuperuser().request('/api/arete')

    expect(await list.json()).toMatchObject({ items: [{ title: 'One' }] })
    expect(await parts.json()).toMatchObject({ application: { collections: ['notes'] } })
  })

  it('checks the environment of the application', async ({ expect }) => {
    const defined = defineApp({ env: z.object({ API_KEY: z.string() }) })

    await expect(createTestApp(defined)).rejects.toThrow('API_KEY is missing')
    await expect(createTestApp(defined, { env: { API_KEY: 'key_1' } })).resolves.toBeDefined()
  })

  it('begins with an empty deployment each time', async ({ expect }) => {
    await createTestApp(app, { collections: [posts] })

    const { status } = await (await createTestApp(app)).request(path)

    expect(status).toBe(404)
  })

  it('tells which record it could not create', async ({ expect }) => {
    const refused = createTestApp(app, { records: { users: [{ email: 'not an address' }] } })

    await expect(refused).rejects.toThrow(/^A record of users was refused: .*"email"/)
  })

  it('holds the mails, and has the events that a subscriber waits for', async ({ expect }) => {
    const test = await createTestApp(app, { collections: [posts], records })
    const admin = test.asSuperuser()
    await admin.request('/api/webhooks', {
      method: 'POST',
      json: { url: 'https://example.com/hook', collection: 'posts', events: ['created'] },
    })
    // The delivery does not leave the test.
    test.failNext('fetch')

    await admin.request(path, { method: 'POST', json: { id: 'second000000000', title: 'Second' } })
    await test.request('/api/collections/users/request-verification', {
      method: 'POST',
      json: { email: 'ann@example.com' },
    })
    await test.runDue({ at: new Date() })

    expect(await test.events()).toEqual([
      { type: 'created', collection: 'posts', record: 'second000000000' },
    ])
    expect(test.mails()).toMatchObject([{ to: [{ address: 'ann@example.com' }] }])
  })

  it('fails the next call of a service only', async ({ expect }) => {
    const test = await createTestApp(app, { collections: [posts], records })
    const [ann] = test.records['users'] ?? []
    if (ann === undefined) throw new Error('There is no account.')
    const client = test.as(ann)
    await client.request(path)

    const statuses: number[] = []
    for (const part of ['d1', 'kv'] as const) {
      test.failNext(part)
      statuses.push((await client.request(path)).status, (await client.request(path)).status)
    }

    expect(statuses).toEqual([503, 200, 503, 200])
  })
})
