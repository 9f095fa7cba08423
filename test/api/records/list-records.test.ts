import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createRecords } from '../../support/collections.ts'

interface Page {
  readonly items: readonly Record<string, unknown>[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

function titles(body: unknown): unknown[] {
  return (body as Page).items.map((item) => item['title'])
}

const path = '/api/collections/posts/records'

describe('paging', () => {
  it('returns a page with totals', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { title: 'a' }, { title: 'b' }, { title: 'c' })

    const answer = await app.get(`${path}?page=2&perPage=2`)

    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body as object)).toEqual([
      'items',
      'page',
      'perPage',
      'totalItems',
      'totalPages',
    ])
    expect(titles(answer.body)).toEqual(['c'])
    expect(answer.body).toMatchObject({ page: 2, perPage: 2, totalItems: 3, totalPages: 2 })
  })

  it('leaves the totals out on request', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { title: 'a' })

    const answer = await app.get(`${path}?skipTotal=1`)

    expect(answer.body).toMatchObject({ totalItems: -1, totalPages: -1 })
  })

  it.for([
    { name: 'page zero', query: 'page=0', page: 1, perPage: 30 },
    { name: 'a negative page', query: 'page=-3', page: 1, perPage: 30 },
    { name: 'too many a page', query: 'perPage=5000', page: 1, perPage: 1000 },
    { name: 'none a page', query: 'perPage=0', page: 1, perPage: 30 },
    { name: 'empty values', query: 'page=&perPage=', page: 1, perPage: 30 },
  ])('corrects $name', async ({ query, page, perPage }, { expect }) => {
    const { app } = await createBlog()

    const answer = await app.get(`${path}?${query}`)

    expect(answer.body).toMatchObject({ page, perPage })
  })

  it.for([
    'page=x',
    'perPage=1.5',
    'skipTotal=maybe',
    'sort=nope',
    'sort=title,,views',
    'filter=a',
  ])('refuses ?%s without saying why', async (query, { expect }) => {
    const { app } = await createBlog()

    const answer = await app.get(`${path}?${query}`)

    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      data: {},
      message: 'Something went wrong while processing your request.',
      status: 400,
    })
  })
})

describe('rules', () => {
  it('rejects a locked list for all but superusers', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', { listRule: null })
    const user = await signUp(app, 'user@example.com')

    expect((await app.get(path)).status).toBe(403)
    expect((await app.get(path, { token: user.token })).status).toBe(403)
    expect((await app.get(path, { token: admin.token })).status).toBe(200)
  })

  it('leaves out records that the rule rejects, in items and totals', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com')
    await createRecords(
      app,
      admin.token,
      'posts',
      { title: 'mine', author: user.id },
      { title: 'orphan' },
    )
    await changeCollection(app, admin.token, 'posts', {
      listRule: "@request.auth.id != '' && author = @request.auth.id",
    })

    const own = await app.get(path, { token: user.token })
    const guest = await app.get(path)

    expect(titles(own.body)).toEqual(['mine'])
    expect(own.body).toMatchObject({ totalItems: 1 })
    expect(titles(guest.body)).toEqual([])
  })

  it('applies the rule even if the filter is an OR', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { title: 'a', views: 1 }, { title: 'b' })
    await changeCollection(app, admin.token, 'posts', { listRule: 'views > 0' })

    const answer = await app.get(`${path}?filter=${encodeURIComponent("title = 'b' || 1 = 1")}`)

    expect(titles(answer.body)).toEqual(['a'])
  })
})

describe('filters of clients', () => {
  it.for([
    {
      query: "filter=title='@collection.x'",
      message: 'Only superusers can filter by @collection.',
    },
    { query: 'filter=@request.auth.id=title', message: 'Only superusers can filter by @request.' },
    { query: 'sort=@request.auth.id', message: 'Only superusers can filter by @request.' },
  ])('refuses $query to others than superusers', async ({ query, message }, { expect }) => {
    const { app } = await createBlog()

    const answer = await app.get(`${path}?${encodeURI(query)}`)

    expect(answer.status).toBe(403)
    expect(answer.body).toEqual({ data: {}, message, status: 403 })
  })

  it('cannot reveal a hidden field', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { title: 'a', secret: 'x' })

    const filtered = await app.get(`${path}?filter=${encodeURIComponent("secret ~ 'x'")}`)
    const sorted = await app.get(`${path}?sort=secret`)
    const asAdmin = await app.get(`${path}?filter=${encodeURIComponent("secret ~ 'x'")}`, {
      token: admin.token,
    })

    expect([filtered.status, sorted.status]).toEqual([400, 400])
    expect(titles(asAdmin.body)).toEqual(['a'])
  })

  it('apply the list rule of collections on their path', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [tag] = await createRecords(app, admin.token, 'tags', { title: 'private' })
    await createRecords(app, admin.token, 'posts', { title: 'a', tags: [tag] }, { title: 'b' })
    await changeCollection(app, admin.token, 'tags', { listRule: "title != 'private'" })
    const filter = encodeURIComponent("tags.title ?= 'private' || title = 'b'")

    const answer = await app.get(`${path}?filter=${filter}`)

    expect(titles(answer.body)).toEqual(['b'])
  })

  it('cannot reveal the emails of others', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await signUp(app, 'shy@example.com')
    await signUp(app, 'open@example.com', { emailVisibility: true })
    await changeCollection(app, admin.token, 'users', { listRule: '' })
    const filter = encodeURIComponent("email ~ 'example.com'")

    const answer = await app.get(`/api/collections/users/records?filter=${filter}`)

    expect((answer.body as Page).items.map((item) => item['email'])).toEqual(['open@example.com'])
  })
})

it('may have more than a hundred values', async ({ expect }) => {
  const { app, admin } = await createBlog()
  await createRecords(app, admin.token, 'posts', { title: 'a', views: 150 }, { title: 'b' })
  const filter = Array.from({ length: 200 }, (_, n) => `views = ${n + 1}`).join('||')

  const answer = await app.get(`${path}?filter=${encodeURIComponent(filter)}`)

  expect(answer.status).toBe(200)
  expect(titles(answer.body)).toEqual(['a'])
})

describe('groups of a filter', () => {
  it.for([
    ['of one operator', ['&& ', '&& ']],
    ['of both operators', ['&& ', '|| ']],
  ] as const)('%s may be nested fifty deep', async ([, joins], { expect }) => {
    const { app } = await createBlog()
    const opened = Array.from({ length: 50 }, (_, n) => `(title != 'x${n}' ${joins[n % 2]}`).join(
      '',
    )
    const filter = encodeURIComponent(`${opened}title != 'y'${')'.repeat(50)}`)

    const { status } = await app.get(`/api/collections/posts/records?filter=${filter}`)

    expect(status).toBe(200)
  })

  it('are rejected past the database’s limits, with the reason', async ({ expect }) => {
    const { app } = await createBlog()
    const opened = Array.from({ length: 95 }, (_, n) => `(views=${n}${n % 2 ? '||' : '&&'}`).join(
      '',
    )
    const filter = encodeURIComponent(`${opened}views=1${')'.repeat(95)}`)

    const { status, body } = await app.get(`/api/collections/posts/records?filter=${filter}`)

    expect(status).toBe(400)
    expect((body as { message: string }).message).toContain('80 levels of groups')
  })
})
