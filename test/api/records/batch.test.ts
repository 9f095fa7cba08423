import { describe, it } from 'vitest'
import { password, type SignedIn, signIn, signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import type { Answer, RequestOptions, TestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'
const tags = '/api/collections/tags/records'
const id = 'abcdefghijklmno'

type Request = Readonly<Record<string, unknown>>

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  run(requests: readonly Request[], options?: RequestOptions): Promise<Answer>
}

async function createWorld(settings: object = {}): Promise<World> {
  const { app, admin } = await createBlog()
  await app.patch(
    '/api/settings',
    { batch: { enabled: true, ...settings }, rateLimits: { enabled: false } },
    { token: admin.token },
  )
  return { app, admin, run: (requests, options) => app.post('/api/batch', { requests }, options) }
}

async function titlesOf({ app, admin }: World, path = posts): Promise<unknown[]> {
  const { body } = await app.get(`${path}?sort=title`, { token: admin.token })
  return (body as { items: { title: string }[] }).items.map(({ title }) => title)
}

/** The error of a batch because of one of its requests. */
function failedAt(position: number, response: unknown): unknown {
  const issue = { code: 'batch_request_failed', message: 'Batch request failed.', response }
  return {
    data: { requests: { [position]: issue } },
    message: 'Batch transaction failed.',
    status: 400,
  }
}

function notCreated(data: object): unknown {
  return { data, message: 'Failed to create record.', status: 400 }
}

const blank = { code: 'validation_required', message: 'Cannot be blank.' }
const taken = { code: 'validation_not_unique', message: 'Value must be unique.' }
const create = (title: string, more: object = {}): Request => ({
  ...{ method: 'POST', url: posts, body: { title, ...more } },
})

describe('a batch', () => {
  it('responds to each request in order', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const answer = await run([
      create('one', { id }),
      { method: 'PATCH', url: `${posts}/${id}`, body: { 'views+': 2 } },
      { method: 'PUT', url: posts, body: { id, title: 'two' } },
      { method: 'DELETE', url: `${tags}/${tag}` },
    ])

    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject([
      { status: 200, body: { id, title: 'one', views: 0 } },
      { status: 200, body: { id, title: 'one', views: 2 } },
      { status: 200, body: { id, title: 'two', views: 2 } },
      { status: 204, body: null },
    ])
    expect(Object.keys((answer.body as object[])[0] ?? {})).toEqual(['body', 'status'])
    expect((await app.get(`${posts}/${id}`)).body).toMatchObject({ title: 'two', views: 2 })
  })

  it('expands and projects each response by its own URL', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    const [tag] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const { body } = await run([
      { ...create('one', { tags: [tag] }), url: `${posts}?expand=tags&fields=expand.tags.title` },
      { ...create('two', { tags: [tag] }), url: `${posts}?fields=title` },
      create('three'),
    ])

    expect(body).toMatchObject([
      { body: { expand: { tags: [{ title: 'x' }] } } },
      { body: { title: 'two' } },
      { body: { title: 'three', collectionName: 'posts' } },
    ])
    expect((body as { body: object }[])[1]?.body).toEqual({ title: 'two' })
  })

  it('takes multipart, with the requests in @jsonPayload', async ({ expect }) => {
    const world = await createWorld()
    const form = new FormData()
    form.append('@jsonPayload', JSON.stringify({ requests: [create('one')] }))

    const answer = await world.app.post('/api/batch', form)

    expect(answer.status).toBe(200)
    expect(await titlesOf(world)).toEqual(['one'])
  })
})

describe('a failing request', () => {
  const failing = { method: 'POST', url: posts, body: {} }

  it('in the parameter fields undoes the others', async ({ expect }) => {
    const world = await createWorld()

    const answer = await world.run([
      create('one'),
      { ...create('two'), url: `${posts}?fields=title:unknown(` },
    ])

    expect(answer.status).toBe(400)
    expect(await titlesOf(world)).toEqual([])
  })

  it.for([0, 1, 2, 3])('at position %i undoes the others', async (at, { expect }) => {
    const world = await createWorld()
    await createRecords(world.app, world.admin.token, 'tags', { id, title: 'old' })
    const others = [
      create('one'),
      { method: 'PATCH', url: `${tags}/${id}`, body: { title: 'new' } },
      { method: 'DELETE', url: `${tags}/${id}` },
    ]

    const { body } = await world.run(others.toSpliced(at, 0, failing))

    expect(body).toEqual(failedAt(at, notCreated({ title: blank })))
    expect(await titlesOf(world)).toEqual([])
    expect(await titlesOf(world, tags)).toEqual(['old'])
  })

  it('is reported alone, the first of several', async ({ expect }) => {
    const { run } = await createWorld()

    const { body } = await run([create('one'), failing, failing])

    expect(body).toEqual(failedAt(1, notCreated({ title: blank })))
  })

  const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }
  const locked = { data: {}, message: 'Only superusers can perform this action.', status: 403 }

  it.for([
    ['a missing record', { method: 'PATCH', url: `${posts}/${id}`, body: {} }, notFound],
    ['a missing record to delete', { method: 'DELETE', url: `${posts}/${id}` }, notFound],
    ['a locked rule', { method: 'POST', url: '/api/collections/closed/records', body: {} }, locked],
    [
      'an unmet rule',
      { method: 'POST', url: '/api/collections/strict/records', body: {} },
      notCreated({}),
    ],
    [
      'a row of a view',
      { method: 'POST', url: '/api/collections/titles/records', body: {} },
      { data: {}, message: 'Unsupported collection type.', status: 400 },
    ],
    [
      'a relation to nothing',
      create('x', { author: 'missing' }),
      notCreated({
        author: {
          code: 'validation_missing_rel_records',
          message: 'Failed to find all relation records with the provided ids.',
        },
      }),
    ],
  ] as const)('is told as if it came alone: %s', async ([, request, response], { expect }) => {
    const world = await createWorld()
    const { app, admin, run } = world
    await createCollections(
      ...([app, admin.token] as const),
      { name: 'closed', createRule: null },
      { name: 'strict', createRule: "@request.auth.id != ''" },
      { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
    )

    const { body } = await run([create('one'), request])

    expect(body).toEqual(failedAt(1, response))
    expect(await titlesOf(world)).toEqual([])
  })

  it('in a missing collection is reported by its position', async ({ expect }) => {
    const { run } = await createWorld()

    const { body } = await run([
      create('one'),
      { method: 'POST', url: '/api/collections/none/records', body: {} },
    ])

    expect(body).toMatchObject({
      data: { requests: { 1: { response: { status: 404 } } } },
    })
  })

  it.for([
    { method: 'GET', url: posts },
    { method: 'POST', url: '/api/collections' },
    { method: 'POST', url: `http://127.0.0.1${posts}` },
    { method: 'POST', url: `${posts}/${id}` },
    { method: 'PATCH', url: posts },
    { method: 'DELETE', url: '/api/collections/posts' },
    { method: 'DELETE', url: '/api/collections/posts/truncate' },
    { method: 'POST', url: '/api/batch' },
    { method: 'POST', url: '/api/collections/%zz/records' },
  ])('is one that writes no record: $method $url', async (request, { expect }) => {
    const world = await createWorld()

    const { status, body } = await world.run([create('one'), request], {
      token: world.admin.token,
    })

    expect(status).toBe(400)
    expect(body).toMatchObject({ data: { requests: { 1: { code: 'batch_request_failed' } } } })
    expect(await titlesOf(world)).toEqual([])
  })
})

describe('a later request', () => {
  it('can refer to a record an earlier one created', async ({ expect }) => {
    const { run } = await createWorld()

    const { body } = await run([
      { method: 'POST', url: tags, body: { id, title: 'x' } },
      { ...create('one', { tags: [id] }), url: `${posts}?expand=tags` },
    ])

    expect(body).toMatchObject([{}, { body: { expand: { tags: [{ id, title: 'x' }] } } }])
  })

  it('does not find a record an earlier one deleted', async ({ expect }) => {
    const world = await createWorld()
    const [tag = ''] = await createRecords(world.app, world.admin.token, 'tags', { title: 'x' })

    const { body } = await world.run([
      { method: 'DELETE', url: `${tags}/${tag}` },
      create('one', { tags: [tag] }),
    ])

    expect(body).toMatchObject({
      data: {
        requests: {
          1: { response: { data: { tags: { code: 'validation_missing_rel_records' } } } },
        },
      },
    })
    expect(await titlesOf(world, tags)).toEqual(['x'])
  })

  it('is checked by rules with the effects of earlier ones', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    await changeCollection(app, admin.token, 'posts', {
      createRule: "@collection.tags.title ?= 'open'",
      updateRule: "title = 'one'",
    })

    const opened = await run([
      { method: 'POST', url: tags, body: { title: 'open' } },
      create('one', { id }),
    ])
    const broken = await run([
      { method: 'PATCH', url: `${posts}/${id}`, body: { title: 'two' } },
      { method: 'PATCH', url: `${posts}/${id}`, body: { title: 'three' } },
    ])

    expect(opened.status).toBe(200)
    expect(broken.body).toMatchObject({
      data: { requests: { 1: { response: { status: 404 } } } },
    })
    expect((await app.get(`${posts}/${id}`)).body).toMatchObject({ title: 'one' })
  })

  it('applies modifiers to earlier results', async ({ expect }) => {
    const { run } = await createWorld()
    const more = { method: 'PATCH', url: `${posts}/${id}`, body: { 'views+': 1 } }

    const { body } = await run([create('one', { id, views: 1 }), more, more, more])

    expect((body as { body: { views: number } }[]).map((each) => each.body.views)).toEqual([
      1, 2, 3, 4,
    ])
  })

  it('is checked by rules with its own method, in the context batch', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    const rule = (method: string) =>
      `@request.context = 'batch' && @request.method = '${method}' && @request.headers.x_key = 'k' && @request.headers.x_outer = 'o' && @request.query.q = 'q'`
    await changeCollection(app, admin.token, 'posts', {
      ...{ createRule: rule('POST'), updateRule: rule('PATCH'), deleteRule: rule('DELETE') },
    })
    const headers = { 'X-Key': 'k' }
    const outer = { headers: { 'X-Outer': 'o', 'X-Key': 'other' } }

    const admitted = await run(
      [
        { ...create('one', { id }), url: `${posts}?q=q`, headers },
        { method: 'PUT', url: `${posts}?q=q`, headers, body: { id, title: 'two' } },
        { method: 'PATCH', url: `${posts}/${id}?q=q`, headers, body: {} },
        { method: 'DELETE', url: `${posts}/${id}?q=q`, headers },
        { method: 'PUT', url: `${posts}?q=q`, headers, body: { id, title: 'three' } },
      ],
      outer,
    )
    const alone = await app.post(`${posts}?q=q`, { title: 'x' }, { headers: { ...headers } })

    expect(admitted.body).toMatchObject([{}, {}, {}, {}, { body: { title: 'three' } }])
    expect(alone.status).toBe(400)
  })

  it.for([
    'CF-Connecting-IP',
    'cf_connecting_ip',
    'CF-IPCountry',
    'X-Forwarded-For',
    'x_forwarded_proto',
    'Forwarded',
    'X-Real-IP',
    'True-Client-IP',
    'X-Office-Address',
  ])('cannot say by %s where it comes from', async (name, { expect }) => {
    const { app, admin, run } = await createWorld()
    const key = name.toLowerCase().replaceAll('-', '_')
    await app.patch(
      '/api/settings',
      { trustedProxy: { headers: ['X-Office-Address'] } },
      { token: admin.token },
    )
    await changeCollection(app, admin.token, 'posts', {
      createRule: `@request.headers.${key} = '10.0.0.1'`,
    })

    const own = await run([{ ...create('one'), headers: { [name]: '10.0.0.1' } }])
    const outer = await run([{ ...create('two'), headers: { [name]: '6.6.6.6' } }], {
      headers: { [name]: '10.0.0.1' },
    })

    expect([own.status, outer.status]).toEqual([400, 200])
  })

  it('has the caller of the batch, whatever its own headers', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    const user = await signUp(app, 'user@example.com')
    await changeCollection(app, admin.token, 'posts', {
      createRule: '@request.auth.id = author',
    })
    const headers = { authorization: admin.token, Authorization: admin.token }

    const guest = await run([{ ...create('one', { author: user.id }), headers }])
    const own = await run([{ ...create('one', { author: user.id }), headers }], {
      token: user.token,
    })

    expect([guest.status, own.status]).toEqual([400, 200])
  })
})

describe('an upsert', () => {
  it('creates missing records and updates existing ones', async ({ expect }) => {
    const { run } = await createWorld()

    const { body } = await run([
      { method: 'PUT', url: posts, body: { title: 'new' } },
      { method: 'PUT', url: posts, body: { id, title: 'one', views: 3 } },
      { method: 'PUT', url: posts, body: { id, 'views+': 1 } },
      { method: 'DELETE', url: `${posts}/${id}` },
      { method: 'PUT', url: posts, body: { id, title: 'again' } },
    ])

    expect(body).toMatchObject([
      { body: { title: 'new', views: 0 } },
      { body: { id, title: 'one', views: 3 } },
      { body: { id, title: 'one', views: 4 } },
      { status: 204 },
      { body: { id, title: 'again', views: 0 } },
    ])
  })

  it('of an existing record keeps the other fields', async ({ expect }) => {
    const { app, admin, run } = await createWorld()
    await createRecords(app, admin.token, 'posts', { id, title: 'old', views: 7 })

    const { body } = await run([{ method: 'PUT', url: posts, body: { id, title: 'new' } }])

    expect(body).toMatchObject([{ body: { id, title: 'new', views: 7 } }])
  })

  it('reads a number as an id', async ({ expect }) => {
    const { run } = await createWorld()
    const put = { method: 'PUT', url: posts, body: { id: 123456789012345, title: 'one' } }

    const created = await run([put, put])
    const updated = await run([put])

    expect([created.status, updated.status]).toEqual([200, 200])
    expect(updated.body).toMatchObject([{ body: { id: '123456789012345' } }])
  })

  it.for([[['abcdefghijklmno']], [{}], [null]])(
    'creates a new record for an invalid id: %j',
    async ([none], { expect }) => {
      const { run } = await createWorld()
      const put = { method: 'PUT', url: posts, body: { id: none, title: 'one' } }

      const { body } = await run([put, put])

      const [one, two] = body as { body: { id: string } }[]
      expect(one?.body.id).toMatch(/^[a-z0-9]{15}$/)
      expect(two?.body.id).not.toBe(one?.body.id)
    },
  )

  it('of an account in a batch keeps its password', async ({ expect }) => {
    const { app, run } = await createWorld()
    const user = await signUp(app, 'user@example.com')

    const { status } = await run(
      [{ method: 'PUT', url: '/api/collections/users/records', body: { id: user.id, name: 'A' } }],
      { token: user.token },
    )

    expect(status).toBe(200)
    expect((await signIn(app, 'users', 'user@example.com')).token).toMatch(/\./)
  })
})

describe('a unique index', () => {
  async function createUnique(): Promise<World> {
    const world = await createWorld()
    await changeCollection(world.app, world.admin.token, 'posts', {
      indexes: ['CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (`title`)'],
    })
    return world
  }

  it.for([1, 2, 5, 6])('blames the request at position %i', async (at, { expect }) => {
    const world = await createUnique()
    const requests = Array.from({ length: 7 }, (_, n) =>
      create(n === at ? 'title 0' : `title ${n}`),
    )

    const { body } = await world.run(requests)

    expect(body).toEqual(failedAt(at, notCreated({ title: taken })))
    expect(await titlesOf(world)).toEqual([])
  })

  it('blames an update, and an id that is taken', async ({ expect }) => {
    const world = await createUnique()
    await createRecords(world.app, world.admin.token, 'posts', { id, title: 'old' })

    const update = await world.run([
      create('one'),
      create('two'),
      { method: 'PATCH', url: `${posts}/${id}`, body: { title: 'one' } },
      create('three'),
    ])
    const insert = await world.run([create('one'), create('two', { id }), create('three')])

    expect(update.body).toEqual(
      failedAt(2, { data: { title: taken }, message: 'Failed to update record.', status: 400 }),
    )
    expect(insert.body).toEqual(failedAt(1, notCreated({ id: taken })))
    expect(await titlesOf(world)).toEqual(['old'])
  })

  it('allows a value to move from one record to another', async ({ expect }) => {
    const world = await createUnique()
    await createRecords(world.app, world.admin.token, 'posts', { id, title: 'one' })

    const { status } = await world.run([
      { method: 'PATCH', url: `${posts}/${id}`, body: { title: 'two' } },
      create('one'),
    ])

    expect(status).toBe(200)
    expect(await titlesOf(world)).toEqual(['one', 'two'])
  })
})

describe('passwords in a batch', () => {
  it('are changed with the old one', async ({ expect }) => {
    const { app, run } = await createWorld()
    const user = await signUp(app, 'user@example.com')
    const url = `/api/collections/users/records/${user.id}`
    const body = { password: 'battery-staple', passwordConfirm: 'battery-staple' }
    const change = (oldPassword: string) => [
      { method: 'PATCH', url, body: { ...body, oldPassword } },
    ]

    const wrong = await run(change('wrong'), { token: user.token })
    const right = await run(change(password), { token: user.token })

    expect(wrong.body).toMatchObject({
      data: {
        requests: {
          0: { response: { data: { oldPassword: { code: 'validation_invalid_old_password' } } } },
        },
      },
    })
    expect(right.status).toBe(200)
    expect((await app.get(url, { token: user.token })).status).toBe(200)
  })
})

describe('the settings of batches', () => {
  it('disable them by default', async ({ expect }) => {
    const { app, admin } = await createBlog()

    for (const token of [undefined, admin.token]) {
      const { body } = await app.post('/api/batch', { requests: [create('one')] }, { token })
      expect(body).toEqual({ data: {}, message: 'Batch requests are not allowed.', status: 403 })
    }
  })

  it('limit how many requests there are', async ({ expect }) => {
    const world = await createWorld({ maxRequests: 2 })

    const { body } = await world.run([create('one'), create('two'), create('three')])

    expect(body).toMatchObject({
      data: { requests: { code: 'validation_length_too_long' } },
      message: 'Invalid batch request data.',
      status: 400,
    })
    expect(await titlesOf(world)).toEqual([])
    expect((await world.run([create('one'), create('two')])).status).toBe(200)
  })

  it('limit how large they are', async ({ expect }) => {
    const { run } = await createWorld({ maxBodySize: 1000 })

    expect((await run([create('x'.repeat(1000))])).status).toBe(413)
    expect((await run([create('x')])).status).toBe(200)
  })
})

describe('a rate limit', () => {
  const limits = (label: string) => ({
    rateLimits: { enabled: true, rules: [{ label, maxRequests: 2, duration: 100 }] },
  })

  it('counts each request of a batch separately', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, run } = world
    await app.patch('/api/settings', limits('posts:create'), { token: admin.token })

    const { body } = await run([create('one'), create('two'), create('three')])

    const response = { data: {}, message: 'Too Many Requests.', status: 429 }
    expect(body).toEqual(failedAt(2, response))
    expect(await titlesOf(world)).toEqual([])
  })

  it.for([
    ['refused by a locked rule', { createRule: null }, 403],
    ['refused by a rule', { createRule: "title = 'other'" }, 400],
    ['refused for its fields', {}, 400],
  ] as const)('counts a request once: %s', async ([, change, refused], { expect }) => {
    const { app, admin } = await createWorld()
    await app.patch('/api/settings', limits('posts:create'), { token: admin.token })
    await changeCollection(app, admin.token, 'posts', change)

    const statuses: number[] = []
    for (let n = 0; n < 3; n++) statuses.push((await app.post(posts, {})).status)

    expect(statuses).toEqual([refused, refused, 429])
  })
})

describe('a malformed batch', () => {
  const blankAt = (at: number, key: string) => ({ requests: { [at]: { [key]: blank } } })

  it.for([
    ['no requests', { requests: [] }, { requests: blank }],
    ['nothing at all', {}, { requests: blank }],
    ['a request without a method', { requests: [{ url: posts }] }, blankAt(0, 'method')],
    ['a request without a URL', { requests: [create('x'), { method: 'POST' }] }, blankAt(1, 'url')],
    [
      'a method in lower case',
      { requests: [{ method: 'post', url: posts }] },
      {
        requests: {
          0: { method: { code: 'validation_in_invalid', message: 'Must be a valid value.' } },
        },
      },
    ],
  ] as const)('is refused for %s', async ([, batch, data], { expect }) => {
    const { app } = await createWorld()

    const { body } = await app.post('/api/batch', batch)

    expect(body).toEqual({ data, message: 'Invalid batch request data.', status: 400 })
  })

  it.for(['{', '[]', '{"requests":{}}', '{"requests":[1]}', '{"requests":[{"body":[]}]}'])(
    'is unreadable: %s',
    async (text, { expect }) => {
      const { app } = await createWorld()

      const { body } = await app.post('/api/batch', text)

      expect(body).toEqual({
        data: {},
        message: 'Failed to read the submitted batch data.',
        status: 400,
      })
    },
  )
})

it('runs fifty requests, the maximum', async ({ expect }) => {
  const world = await createWorld()

  const { status } = await world.run(Array.from({ length: 50 }, (_, n) => create(`title ${n}`)))

  expect(status).toBe(200)
  const { body } = await world.app.get(posts)
  expect(body).toMatchObject({ totalItems: 50 })
})

it('rejects a file in a batch with the field’s name', async ({ expect }) => {
  const { app } = await createWorld()
  const form = new FormData()
  const account = { email: 'user@example.com', password, passwordConfirm: password }
  const request = { method: 'POST', url: '/api/collections/users/records', body: account }
  form.append('@jsonPayload', JSON.stringify({ requests: [request] }))
  form.append('requests.0.avatar', new File(['x'], 'x.png'))

  const { body } = await app.post('/api/batch', form)

  expect(body).toMatchObject({
    data: {
      requests: {
        0: { response: { data: { avatar: { code: 'validation_invalid_mime_type' } } } },
      },
    },
  })
})
