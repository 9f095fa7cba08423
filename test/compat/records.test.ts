import PocketBase, { ClientResponseError } from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import { bindings } from '../support/bindings.ts'
import { createTestApp } from '../support/test-app.ts'

const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }

let admin: PocketBase
let guest: PocketBase

function createClient(): PocketBase {
  return new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
}

beforeEach(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(createTestApp().fetch)
  admin = createClient()
  guest = createClient()
  await insertSuperuser()
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  const tags = await admin.collections.create({
    name: 'tags',
    type: 'base',
    fields: [{ name: 'title', type: 'text' }],
    ...open,
  })
  await admin.collections.create({
    name: 'posts',
    type: 'base',
    fields: [
      { name: 'title', type: 'text', required: true },
      { name: 'views', type: 'number' },
      { name: 'meta', type: 'json' },
      { name: 'on', type: 'date' },
      { name: 'tags', type: 'relation', collectionId: tags.id, maxSelect: 9 },
    ],
    ...open,
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the official client, on records', () => {
  it('creates, reads, changes and deletes one', async ({ expect }) => {
    const posts = guest.collection('posts')

    const created = await posts.create({ title: 'One', views: 1, meta: { a: [1, null] } })
    const changed = await posts.update(created.id, { 'views+': 2, on: new Date(0) })
    const read = await posts.getOne(created.id)
    await posts.delete(created.id)

    expect(created).toMatchObject({ title: 'One', views: 1, meta: { a: [1, null] } })
    expect(changed).toMatchObject({ views: 3, on: '1970-01-01 00:00:00.000Z' })
    expect(read).toEqual(changed)
    await expect(posts.getOne(created.id)).rejects.toMatchObject({ status: 404 })
  })

  it('sends a form with typed values beside it', async ({ expect }) => {
    const form = new FormData()
    form.set('title', 'Form')
    form.set('views', '7')
    form.append('@jsonPayload', JSON.stringify({ meta: { b: true } }))

    const created = await guest.collection('posts').create(form)

    expect(created).toMatchObject({ title: 'Form', views: 7, meta: { b: true } })
  })

  it('reads the rejected field and its issue', async ({ expect }) => {
    const refused = guest.collection('posts').create({ title: '' })

    await expect(refused).rejects.toThrow(ClientResponseError)
    await expect(refused).rejects.toMatchObject({
      status: 400,
      response: { data: { title: { code: 'validation_required', message: 'Cannot be blank.' } } },
    })
  })

  it.for([`it's "quoted"`, 'back\\slash\\', 'line\nbreak\ttab', 'per%cent_under', 'ünï 日本 🎉'])(
    'finds %j by a filter with placeholders',
    async (title, { expect }) => {
      const posts = guest.collection('posts')
      const { id } = await posts.create({ title })
      await posts.create({ title: 'another' })

      const equal = await posts.getFirstListItem(guest.filter('title = {:title}', { title }))
      const like = await posts.getFullList({ filter: guest.filter('title ~ {:title}', { title }) })

      expect(equal.id).toBe(id)
      expect(like.map((post) => post.id)).toContain(id)
    },
  )

  it('throws a 404 if nothing was found', async ({ expect }) => {
    const missing = guest.collection('posts').getFirstListItem("title = 'none'")

    await expect(missing).rejects.toMatchObject({ status: 404 })
  })

  it('expands and chooses fields', async ({ expect }) => {
    const tag = await guest.collection('tags').create({ title: 'x' })
    await guest.collection('posts').create({ title: 'p', tags: [tag.id] })

    const list = await guest.collection('posts').getList(1, 10, {
      ...{ expand: 'tags', fields: 'title,expand.tags.title', sort: '-title', skipTotal: true },
    })

    expect(list.items).toEqual([{ title: 'p', expand: { tags: [{ title: 'x' }] } }])
    expect(list.totalItems).toBe(-1)
  })

  it('reads all pages of a list', async ({ expect }) => {
    await bindings.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
       INSERT INTO "tags" ("id", "title") SELECT printf('tag%012d', i), 'tag ' || i FROM n`,
    ).run()

    const all = await guest.collection('tags').getFullList({ sort: 'id' })

    expect(all).toHaveLength(1500)
    expect(new Set(all.map((tag) => tag.id)).size).toBe(1500)
  })

  it('writes many at once, or none', async ({ expect }) => {
    await admin.settings.update({ batch: { enabled: true } })
    const { id } = await guest.collection('tags').create({ title: 'old' })
    const batch = guest.createBatch()
    batch.collection('tags').create({ title: 'new' })
    batch.collection('tags').update(id, { title: 'changed' })
    batch.collection('tags').upsert({ id: 'upserted0000001', title: 'upserted' })
    batch.collection('posts').create({ title: 'tagged', tags: ['upserted0000001'] })

    const answers = await batch.send()

    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(answers[1]?.body).toMatchObject({ id, title: 'changed' })

    const failing = guest.createBatch()
    failing.collection('tags').delete(id)
    failing.collection('posts').create({ title: '' })

    await expect(failing.send()).rejects.toMatchObject({
      status: 400,
      response: { data: { requests: { 1: { code: 'batch_request_failed' } } } },
    })
    expect((await guest.collection('tags').getOne(id))['title']).toBe('changed')
  })
})

describe('the official client, on collections', () => {
  it('lists, changes, truncates, exports and imports them', async ({ expect }) => {
    await guest.collection('tags').create({ title: 'gone soon' })

    const list = await admin.collections.getFullList()
    const changed = await admin.collections.update('tags', { name: 'labels', listRule: null })
    await admin.collections.truncate('labels')
    const { base } = await admin.collections.getScaffolds()
    if (base === undefined) throw new Error('There is no scaffold.')
    await admin.collections.import([{ ...base, name: 'imported' }])
    const imported = await admin.collections.getOne('imported')
    await admin.collections.delete('imported')

    expect(list.map((collection) => collection.name)).toContain('posts')
    expect(changed).toMatchObject({ name: 'labels', listRule: null })
    await expect(guest.collection('labels').getList()).rejects.toMatchObject({ status: 403 })
    expect((await admin.collection('labels').getList()).totalItems).toBe(0)
    expect(imported.fields.map((field) => field.name)).toEqual(['id'])
    await expect(admin.collections.getOne('imported')).rejects.toMatchObject({ status: 404 })
  })

  it('reads scaffolds and tries a view query', async ({ expect }) => {
    await guest.collection('tags').create({ title: 'seen' })

    const scaffolds = await admin.collections.getScaffolds()
    const providers = await admin.collections.getAllOAuth2Providers()
    await admin.collections.create({
      ...{ name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM tags', listRule: '' },
    })

    expect(Object.keys(scaffolds).toSorted()).toEqual(['auth', 'base', 'view'])
    expect(providers.map((provider) => provider.name)).toContain('oidc')
    expect((await guest.collection('titles').getFullList()).map((row) => row['title'])).toEqual([
      'seen',
    ])
  })

  it('reads the health check', async ({ expect }) => {
    expect(await guest.health.check()).toEqual({
      ...{ code: 200, data: {}, message: 'API is healthy.' },
    })
  })
})
