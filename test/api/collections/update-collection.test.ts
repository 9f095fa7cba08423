import { describe, it } from 'vitest'
import { password, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { schemaOf } from '../../support/schema.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections'
const title = { id: 'title_id', name: 'title', type: 'text' }
const size = { id: 'size_id', name: 'size', type: 'number' }

interface Blog {
  readonly app: TestApp
  readonly token: string
}

/** A collection with two records and a view on it. */
async function createBlog(): Promise<Blog> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(
    app,
    token,
    { name: 'posts', fields: [title, size] },
    { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
  )
  await createRecords(app, token, 'posts', { title: 'one', size: 1 }, { title: 'one', size: 2 })
  return { app, token }
}

async function itemsOf({ app, token }: Blog, name: string): Promise<unknown> {
  const { body } = await app.get(`${path}/${name}/records?fields=title,name,size`, {
    token,
  })
  return (body as { items: unknown }).items
}

describe('PATCH /api/collections/:collection', () => {
  it('changes what is sent and keeps the rest', async ({ expect }) => {
    const { app, token } = await createBlog()

    const answer = await app.patch(`${path}/POSTS`, { viewRule: 'title = "one"' }, { token })

    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      name: 'posts',
      listRule: '',
      viewRule: 'title = "one"',
      fields: [{ name: 'id' }, title, size],
    })
  })

  it('renames a field and keeps its values', async ({ expect }) => {
    const blog = await createBlog()
    const fields = [title, { ...size, name: 'name' }]

    const answer = await blog.app.patch(`${path}/posts`, { fields }, { token: blog.token })

    expect(answer.status).toBe(200)
    expect(await itemsOf(blog, 'posts')).toEqual([
      { title: 'one', name: 1 },
      { title: 'one', name: 2 },
    ])
  })

  it('renames a collection, with its indexes, views and rate limits', async ({ expect }) => {
    const blog = await createBlog()
    const { app, token } = blog
    const limit = { audience: '', duration: 60, maxRequests: 100 }
    const rules = [
      { ...limit, label: 'posts:list' },
      { ...limit, label: '*:create' },
    ]
    await app.patch('/api/settings', { rateLimits: { rules } }, { token })
    await app.patch(`${path}/posts`, { indexes: ['CREATE INDEX i ON posts (title)'] }, { token })

    const answer = await app.patch(`${path}/posts`, { name: 'articles' }, { token })
    const view = await app.get(`${path}/titles`, { token })
    const settings = await app.get('/api/settings', { token })

    expect(answer.body).toMatchObject({
      name: 'articles',
      indexes: ['CREATE INDEX `i` ON `articles` (`title`)'],
    })
    expect(view.body).toMatchObject({ viewQuery: 'SELECT id, title FROM `articles` AS posts' })
    expect(await itemsOf(blog, 'titles')).toEqual([{ title: 'one' }, { title: 'one' }])
    expect(settings.body).toMatchObject({
      rateLimits: { rules: [{ label: 'articles:list' }, { label: '*:create' }] },
    })
  })

  it('updates a changed field in the views that show it', async ({ expect }) => {
    const { app, token } = await createBlog()

    await app.patch(`${path}/posts`, { fields: [{ ...title, max: 7 }, size] }, { token })
    const view = await app.get(`${path}/titles`, { token })

    expect(view.body).toMatchObject({ fields: [{ name: 'id' }, { name: 'title', max: 7 }] })
  })

  it('ends the sessions of a collection whose auth rule changes', async ({ expect }) => {
    const app = createTestApp()
    const admin = await signInSuperuser(app)
    const someone = await signUp(app, 'someone@example.com')
    const refresh = () =>
      app.post(`${path}/users/auth-refresh`, undefined, { token: someone.token })
    const before = await refresh()

    await app.patch(`${path}/users`, { authRule: 'verified = true' }, { token: admin.token })
    const after = await refresh()
    const signIn = await app.post(`${path}/users/auth-with-password`, {
      identity: 'someone@example.com',
      password,
    })

    expect(before.status).toBe(200)
    expect(after.status).toBe(401)
    expect(signIn.status).toBe(403)
  })

  const refusals = [
    {
      name: 'the wrong JSON type',
      change: { listRule: 5 },
      message: 'Failed to load the submitted data due to invalid formatting.',
      data: {},
    },
    {
      name: 'another type',
      change: { type: 'auth' },
      message: 'Failed to update collection.',
      data: { type: { code: 'validation_collection_type_change' } },
    },
    {
      name: 'a UNIQUE index over values that repeat, and one over a column that is not there',
      change: {
        indexes: ['CREATE UNIQUE INDEX u ON posts (title)', 'CREATE INDEX n ON posts (nothing)'],
      },
      message: 'Failed to update collection.',
      data: {
        indexes: {
          0: {
            code: 'validation_invalid_index_expression',
            message:
              'Failed to create index u - constraint failed: UNIQUE constraint failed: posts.title (2067).',
          },
          1: { code: 'validation_invalid_index_expression' },
        },
      },
    },
    {
      name: 'removing a field that a view shows',
      change: { fields: [size] },
      message:
        'Failed to update collection. Raw error: \nSQL logic error: no such column: title (1).',
      data: {},
    },
  ]

  it.for(refusals)(
    'refuses $name, and changes nothing',
    async ({ change, message, data }, { expect }) => {
      const blog = await createBlog()
      const before = await schemaOf(bindings.DB)

      const answer = await blog.app.patch(`${path}/posts`, change, { token: blog.token })

      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ message, data, status: 400 })
      expect(await schemaOf(bindings.DB)).toEqual(before)
      expect(await itemsOf(blog, 'posts')).toEqual([
        { title: 'one', size: 1 },
        { title: 'one', size: 2 },
      ])
    },
  )

  it('does not change the id of a collection', async ({ expect }) => {
    const { app, token } = await createBlog()

    const answer = await app.patch(`${path}/posts`, { id: 'another' }, { token })

    expect(answer.body).toMatchObject({
      data: {},
      message: expect.stringMatching(/^Failed to update collection\. Raw error: \n/),
      status: 400,
    })
  })

  it('does not find a collection that is not there', async ({ expect }) => {
    const { app, token } = await createBlog()

    const answer = await app.patch(`${path}/nothing`, {}, { token })

    expect(answer.body).toMatchObject({
      message: "The requested resource wasn't found.",
      status: 404,
    })
  })
})
