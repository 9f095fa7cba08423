import { describe, it } from 'vitest'
import { type SignedIn, signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createRecords } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

/*
 * Two isolates with separate caches: a change by one applies at the next request of the other,
 * which still has the old collections in memory.
 */

interface World {
  readonly here: TestApp
  readonly elsewhere: TestApp
  readonly admin: SignedIn
  readonly id: string
}

const posts = '/api/collections/posts/records'

async function createWorld(): Promise<World> {
  const { app: here, admin } = await createBlog()
  await here.patch('/api/settings', { batch: { enabled: true } }, { token: admin.token })
  const [id = ''] = await createRecords(here, admin.token, 'posts', { title: 'a', views: 1 })
  const elsewhere = createTestApp()
  await elsewhere.get(posts)
  return { here, elsewhere, admin, id }
}

const requests: readonly {
  readonly name: string
  readonly rule: string
  send(app: TestApp, id: string): Promise<Answer>
}[] = [
  { name: 'a list', rule: 'listRule', send: (app) => app.get(posts) },
  { name: 'a view', rule: 'viewRule', send: (app, id) => app.get(`${posts}/${id}`) },
  { name: 'a create', rule: 'createRule', send: (app) => app.post(posts, { title: 'x' }) },
  {
    name: 'an update',
    rule: 'updateRule',
    send: (app, id) => app.patch(`${posts}/${id}`, { title: 'x' }),
  },
  { name: 'a delete', rule: 'deleteRule', send: (app, id) => app.delete(`${posts}/${id}`) },
]

describe('a rule', () => {
  it.for(requests)('that is locked rejects $name elsewhere', async (request, { expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()

    await changeCollection(here, admin.token, 'posts', { [request.rule]: null })
    const answer = await request.send(elsewhere, id)

    expect(answer.status).toBe(403)
    expect((await here.get(`${posts}/${id}`, { token: admin.token })).body).toMatchObject({
      title: 'a',
    })
  })

  it.for(requests)('that is opened admits $name elsewhere', async (request, { expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()
    await changeCollection(here, admin.token, 'posts', { [request.rule]: null })
    await request.send(elsewhere, id)

    await changeCollection(here, admin.token, 'posts', { [request.rule]: '' })

    expect((await request.send(elsewhere, id)).status).toBeLessThan(300)
  })

  it('of an expanded collection applies elsewhere', async ({ expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()
    await createRecords(here, admin.token, 'comments', { text: 'x', post: id })
    await changeCollection(here, admin.token, 'comments', { viewRule: "text != 'x'" })

    const { body } = await elsewhere.get(`${posts}/${id}?expand=comments_via_post`)

    expect(body).toMatchObject({ expand: {} })
    expect(body).not.toHaveProperty('expand.comments_via_post')
  })
})

describe('a collection', () => {
  it.for(requests)(
    'that is deleted is missing for $name elsewhere',
    async (request, { expect }) => {
      const { here, elsewhere, admin, id } = await createWorld()
      for (const name of ['comments', 'posts']) {
        await here.delete(`/api/collections/${name}`, { token: admin.token })
      }

      const { body } = await request.send(elsewhere, id)

      expect(body).toMatchObject({ status: 404, message: expect.stringContaining('context') })
    },
  )

  it.for(requests)(
    'that is renamed is not found by $name elsewhere',
    async (request, { expect }) => {
      const { here, elsewhere, admin, id } = await createWorld()
      await changeCollection(here, admin.token, 'posts', { name: 'articles' })

      const old = await request.send(elsewhere, id)
      const renamed = await elsewhere.get(`/api/collections/articles/records/${id}`)

      expect(old.status).toBe(404)
      expect(renamed.body).toMatchObject({ title: 'a', collectionName: 'articles' })
    },
  )

  it('whose name another one got is replaced elsewhere', async ({ expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()
    await changeCollection(here, admin.token, 'posts', { name: 'articles' })
    await changeCollection(here, admin.token, 'tags', { name: 'posts' })

    const created = await elsewhere.post(posts, { title: 'tag' })
    const list = await elsewhere.get(posts)
    const old = await elsewhere.get(`${posts}/${id}`)

    expect(created.body).toMatchObject({ collectionId: 'tags_id' })
    expect(list.body).toMatchObject({ totalItems: 1, items: [{ collectionId: 'tags_id' }] })
    expect(old.status).toBe(404)
  })

  it('that is new is found elsewhere', async ({ expect }) => {
    const { here, elsewhere, admin } = await createWorld()
    const fields = [{ type: 'text', name: 'title' }]
    await here.post(...(['/api/collections', { name: 'new', createRule: '', fields }] as const), {
      token: admin.token,
    })

    const { body } = await elsewhere.post('/api/collections/new/records', { title: 'x' })

    expect(body).toMatchObject({ title: 'x', collectionName: 'new' })
  })
})

describe('a field', () => {
  async function dropViews({ here, admin }: World): Promise<void> {
    const { body } = await here.get('/api/collections/posts', { token: admin.token })
    const { fields } = body as { fields: { name: string }[] }
    await changeCollection(here, admin.token, 'posts', {
      fields: fields.filter(({ name }) => name !== 'views'),
    })
  }

  it('that is dropped is missing elsewhere in reads and writes', async ({ expect }) => {
    const world = await createWorld()
    const { elsewhere, id } = world
    const isolates = Array.from({ length: 6 }, () => createTestApp())
    await Promise.all(isolates.map((app) => app.get(posts)))
    await dropViews(world)

    const answers = [
      await elsewhere.get(posts),
      await isolates[0]?.get(`${posts}/${id}`),
      await isolates[1]?.post(posts, { title: 'x', views: 1 }),
      await isolates[2]?.patch(`${posts}/${id}`, { title: 'x', 'views+': 1 }),
      await isolates[3]?.post('/api/batch', {
        requests: [{ method: 'PATCH', url: `${posts}/${id}`, body: { views: 1 } }],
      }),
      await isolates[4]?.get(`${posts}?sort=views`),
      await isolates[5]?.get(`${posts}?filter=(views>0)`),
    ]

    expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 200, 200, 200, 400, 400])
    for (const answer of answers) expect(JSON.stringify(answer?.body)).not.toContain('views')
  })

  it('that is renamed keeps its values elsewhere', async ({ expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()
    const { body } = await here.get('/api/collections/posts', { token: admin.token })
    const { fields } = body as { fields: { name: string }[] }
    await changeCollection(here, admin.token, 'posts', {
      fields: fields.map((field) => (field.name === 'views' ? { ...field, name: 'reads' } : field)),
    })

    const answer = await elsewhere.patch(`${posts}/${id}`, { 'reads+': 1 })

    expect(answer.body).toMatchObject({ reads: 2 })
  })

  it('that becomes required is so elsewhere', async ({ expect }) => {
    const { here, elsewhere, admin } = await createWorld()
    const fields = [{ type: 'text', name: 'title', required: true }]
    await changeCollection(here, admin.token, 'tags', { fields })

    const { body } = await elsewhere.post('/api/collections/tags/records', {})

    expect(body).toMatchObject({ data: { title: { code: 'validation_required' } } })
  })
})

describe('the accounts of a collection', () => {
  it('are signed out elsewhere when its secret changes', async ({ expect }) => {
    const { here, elsewhere, admin } = await createWorld()
    const user = await signUp(here, 'user@example.com')
    const own = `/api/collections/users/records/${user.id}`
    await elsewhere.get(own, { token: user.token })

    await changeCollection(here, admin.token, 'users', { authToken: { secret: 'x'.repeat(40) } })

    expect((await elsewhere.get(own, { token: user.token })).status).toBe(404)
    const changed = await elsewhere.patch(own, { name: 'x' }, { token: user.token })
    expect(changed.status).toBe(404)
  })

  it('are guests elsewhere after the collection is deleted', async ({ expect }) => {
    const { here, elsewhere, admin, id } = await createWorld()
    await here.post('/api/collections', { name: 'staff', type: 'auth' }, { token: admin.token })
    await changeCollection(here, admin.token, 'staff', { createRule: '' })
    const user = await signUp(here, 'staff@example.com', {}, 'staff')
    await changeCollection(here, admin.token, 'posts', {
      ...{ viewRule: "@request.auth.id != ''", updateRule: "@request.auth.id != ''" },
    })
    const before = await elsewhere.get(`${posts}/${id}`, { token: user.token })

    await here.delete('/api/collections/staff', { token: admin.token })

    const view = await elsewhere.get(`${posts}/${id}`, { token: user.token })
    const update = await elsewhere.patch(`${posts}/${id}`, {}, { token: user.token })
    expect([before.status, view.status, update.status]).toEqual([200, 404, 404])
  })
})

it('continuous changes end in a response', async ({ expect }) => {
  const { here, elsewhere, admin, id } = await createWorld()

  const [, ...answers] = await Promise.all([
    (async () => {
      for (let n = 0; n < 10; n++) {
        await changeCollection(here, admin.token, 'posts', { viewRule: `views < ${n + 100}` })
      }
    })(),
    ...Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0
        ? elsewhere.get(`${posts}/${id}`)
        : elsewhere.patch(`${posts}/${id}`, { 'views+': 1 }),
    ),
  ])

  expect(answers.map((answer) => answer.status).filter((status) => status !== 200)).toEqual([])
  expect((await here.get(`${posts}/${id}`)).body).toMatchObject({ views: 11 })
})
