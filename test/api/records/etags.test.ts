import { describe, it } from 'vitest'
import { signUp, type SignedIn } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { type Answer, createTestApp, type RequestOptions } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'
const failed = { status: 412, data: { 'If-Match': { code: 'precondition_failed' } } }

const tagOf = ({ headers }: Answer): string => headers.get('ETag') ?? ''
const known = (answer: Answer) => ({ headers: { 'If-None-Match': tagOf(answer) } })
const matching = (answer: Answer) => ({ headers: { 'If-Match': tagOf(answer) } })

async function createWorld() {
  const { app, admin } = await createBlog()
  await app.patch(
    '/api/settings',
    { batch: { enabled: true }, rateLimits: { enabled: false } },
    admin,
  )
  const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
  const [id = ''] = await createRecords(
    ...([app, admin.token, 'posts'] as const),
    ...[{ title: 'one', tags: [tag], secret: 's' }],
  )
  const path = `${posts}/${id}`
  const runBatch = (...requests: readonly object[]): Promise<Answer> =>
    app.post('/api/batch', { requests })
  return { app, admin, tag, id, path, runBatch }
}

describe('a conditional read', () => {
  it.for([
    ['a record', ''],
    ['a record with expanded ones', '?expand=tags'],
    ['a projected record', '?fields=title'],
    ['a projected record with expanded ones', '?expand=tags&fields=title,expand'],
  ] as const)('of %s: 304 while it is the same', async ([, query], { expect }) => {
    const { app, path } = await createWorld()
    const first = await app.get(path + query)

    const again = await app.get(path + query, known(first))
    const weak = await app.get(path + query, {
      headers: { 'If-None-Match': `"x", W/${tagOf(first)}` },
    })
    await app.patch(path, { title: 'two' })
    const changed = await app.get(path + query, known(first))

    expect([again.status, again.body, weak.status]).toEqual([304, undefined, 304])
    expect(tagOf(again)).toBe(tagOf(first))
    expect(again.headers.get('Content-Type')).toBeNull()
    expect(again.headers.get('Cache-Control')).toBe('private, no-cache')
    expect([changed.status, changed.body]).toMatchObject([200, { title: 'two' }])
  })

  it.for(['', '?expand=tags', '?fields=title', '?page=2&perPage=1'])(
    'of a list%s: 304 while it is the same',
    async (query, { expect }) => {
      const { app } = await createWorld()
      const first = await app.get(posts + query)

      const again = await app.get(posts + query, known(first))
      await app.post(posts, { title: 'two' })
      const changed = await app.get(posts + query, known(first))

      expect(tagOf(first)).toMatch(/^W\/"[\w-]{22}"$/)
      expect([again.status, again.body, changed.status]).toEqual([304, undefined, 200])
    },
  )

  it('sees that an expanded record has changed', async ({ expect }) => {
    const { app, path, tag } = await createWorld()
    const first = await app.get(`${path}?expand=tags`)

    await app.patch(`/api/collections/tags/records/${tag}`, { title: 'y' })
    const again = await app.get(`${path}?expand=tags`, known(first))

    expect(again.status).toBe(200)
    expect(again.body).toMatchObject({ expand: { tags: [{ title: 'y' }] } })
  })

  it('is no 304 for another viewer, another expand or another projection', async ({ expect }) => {
    const { app, admin, path } = await createWorld()
    const first = await app.get(path)

    const answers = [
      await app.get(path, { ...known(first), ...admin }),
      await app.get(`${path}?expand=tags`, known(first)),
      await app.get(`${path}?fields=title`, known(first)),
      await app.get(path, known(await app.get(`${path}?expand=tags`))),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(answers[0]?.body).toMatchObject({ secret: 's' })
  })

  it('is no 304 after the rule, a hidden field or the name of a field changed', async ({
    expect,
  }) => {
    const { app, admin, path } = await createWorld()
    const record = await app.get(path)
    const list = await app.get(posts)
    const { body } = await app.get('/api/collections/posts', admin)
    const { fields } = body as { fields: { name: string }[] }

    await changeCollection(app, admin.token, 'posts', {
      fields: fields.map((field) => (field.name === 'views' ? { ...field, hidden: true } : field)),
    })
    const hidden = [await app.get(path, known(record)), await app.get(posts, known(list))]
    await changeCollection(app, admin.token, 'posts', { viewRule: null, listRule: null })
    const locked = [
      await app.get(path, known(record)),
      await app.get(path, { headers: { 'If-None-Match': '*' } }),
      await app.get(posts, known(list)),
    ]

    expect(hidden.map(({ status }) => status)).toEqual([200, 200])
    expect(hidden[0]?.body).not.toHaveProperty('views')
    expect(locked.map(({ status }) => status)).toEqual([403, 403, 403])
  })

  it('has the tag of a change in the answer to the change', async ({ expect }) => {
    const { app, path } = await createWorld()

    const created = await app.post(posts, { title: 'new' })
    const { id } = created.body as { id: string }
    const updated = await app.patch(path, { title: 'two' })

    expect((await app.get(`${posts}/${id}`, known(created))).status).toBe(304)
    expect((await app.get(path, known(updated))).status).toBe(304)
  })

  it('by HEAD has the tag, and 304', async ({ expect }) => {
    const { app, path } = await createWorld()

    const first = await app.request('HEAD', path)
    const again = await app.request('HEAD', path, known(first))

    expect(tagOf(first)).toBe(tagOf(await app.get(path)))
    expect(again.status).toBe(304)
  })
})

describe('a write with If-Match', () => {
  it.for([
    [
      'an update',
      (world: World, options: RequestOptions) =>
        world.app.patch(world.path, { title: 'two' }, options),
    ],
    [
      'a deletion',
      (world: World, options: RequestOptions) => world.app.delete(world.path, options),
    ],
  ] as const)('is refused if the record has changed: %s', async ([, send], { expect }) => {
    const world = await createWorld()
    const { app, path } = world
    const seen = await app.get(path)
    await app.patch(path, { 'views+': 1 })
    const current = await app.get(path)

    const late = await send(world, matching(seen))
    const unchanged = await app.get(path, known(current))
    const timely = await send(world, matching(current))

    expect([late.status, late.body]).toMatchObject([412, failed])
    expect(tagOf(late)).toBe(tagOf(current))
    expect(unchanged.status).toBe(304)
    expect(timely.status).toBeLessThan(300)
  })

  it('compares the record alone, whatever was expanded or projected', async ({ expect }) => {
    const { app, path } = await createWorld()
    const seen = await app.get(`${path}?expand=tags&fields=title`)

    const answer = await app.patch(path, { title: 'two' }, matching(seen))

    expect(answer.status).toBe(200)
  })

  it.for([
    ['*', 200],
    ['"none"', 412],
    ['none', 412],
    ['', 412],
  ] as const)('may be %s: %s', async ([value, status], { expect }) => {
    const { app, path } = await createWorld()

    const answer = await app.patch(path, { title: 'two' }, { headers: { 'If-Match': value } })

    expect(answer.status).toBe(status)
  })

  it('takes one tag of several, and a weak one', async ({ expect }) => {
    const { app, path } = await createWorld()
    const tag = tagOf(await app.get(path))

    const answer = await app.patch(
      path,
      { title: 'two' },
      { headers: { 'If-Match': `"other", W/${tag}` } },
    )

    expect(answer.status).toBe(200)
  })

  it('reveals nothing to a caller who may not view the record', async ({ expect }) => {
    const { app, admin, path } = await createWorld()
    await changeCollection(app, admin.token, 'posts', { viewRule: "title = 'none'" })
    const wrong = { headers: { 'If-Match': '"guess"' } }

    const answers = [
      await app.patch(path, { views: 3 }, wrong),
      await app.patch(`${posts}/missing00000000`, { views: 3 }, wrong),
      await app.delete(`${posts}/missing00000000`, wrong),
    ]
    await changeCollection(app, admin.token, 'posts', { updateRule: "title = 'none'" })
    const refused = await app.patch(path, { views: 3 }, wrong)

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404])
    expect(answers.map(tagOf).filter((tag) => tag !== '').length).toBeLessThan(2)
    expect([refused.status, tagOf(refused)]).toEqual([404, ''])
  })

  it('loses no update of many editors', async ({ expect }) => {
    const { app, path } = await createWorld()
    const editors = Array.from({ length: 6 }, () => createTestApp())
    const rounds = 5

    const increments = editors.map(async (editor) => {
      for (let done = 0; done < rounds;) {
        const seen = await editor.get(path)
        const { views } = seen.body as { views: number }
        const { status } = await editor.patch(path, { views: views + 1 }, matching(seen))
        if (status === 200) done += 1
        else expect(status).toBe(412)
      }
    })
    await Promise.all(increments)

    expect((await app.get(path)).body).toMatchObject({ views: editors.length * rounds })
  })

  it('is not refused for a change that its caller cannot see', async ({ expect }) => {
    const { app, admin, path } = await createWorld()
    await changeCollection(app, admin.token, 'posts', {
      fields: [
        { type: 'text', name: 'title' },
        { type: 'text', name: 'secret', hidden: true },
      ],
    })
    const seen = await app.get(path)
    await app.patch(path, { secret: 'other' }, admin)

    const answer = await app.patch(path, { title: 'two' }, matching(seen))

    expect(answer.status).toBe(200)
  })

  it('is repeated by its idempotency key', async ({ expect }) => {
    const { app, path } = await createWorld()
    const { headers } = matching(await app.get(path))
    const once = { headers: { ...headers, 'Idempotency-Key': 'a' } }

    const first = await app.patch(path, { title: 'two' }, once)
    const again = await app.patch(path, { title: 'two' }, once)

    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
  })

  it('holds for numbers, integers, blobs and accounts as they are stored', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const { id, token }: SignedIn = await signUp(app, 'user@example.com', { name: 'Ann' })
    const path = `/api/collections/users/records/${id}`
    await createCollections(app, admin.token, {
      name: 'odd',
      fields: [
        { type: 'number', name: 'n' },
        { type: 'json', name: 'j' },
        { type: 'text', name: 't' },
      ],
    })
    await bindings.DB.prepare(
      `INSERT INTO "odd" ("id", "n", "j", "t") VALUES ('abcdefghijklmno', 9007199254740993, '{"a":0.1}', x'00ff')`,
    ).run()
    const odd = '/api/collections/odd/records/abcdefghijklmno'

    const answers = [
      await app.patch(path, { name: 'Bo' }, { token, ...matching(await app.get(path, { token })) }),
      await app.patch(odd, { n: 0.1 }, matching(await app.get(odd))),
      await app.patch(odd, { n: 1 }, matching(await app.get(odd))),
      await app.delete(odd, matching(await app.get(odd))),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204])
  })

  it('in a batch is compared at its turn', async ({ expect }) => {
    const { app, path, runBatch } = await createWorld()
    const { headers } = matching(await app.get(path))
    const write = (title: string, more: object = {}) => ({
      ...{ method: 'PATCH', url: path, body: { title } },
      ...more,
    })

    const late = await runBatch(write('two'), write('three', { headers }))
    const early = await runBatch(write('two', { headers }), write('three'))
    const outer = await app.post(
      '/api/batch',
      { requests: [write('four')] },
      { headers: { 'If-Match': '"x"' } },
    )

    expect(late.status).toBe(400)
    expect(late.body).toMatchObject({ data: { requests: { 1: { response: failed } } } })
    expect([early.status, outer.status]).toEqual([200, 200])
    expect((await app.get(path)).body).toMatchObject({ title: 'four' })
  })

  it('of an upsert in a batch needs the record', async ({ expect }) => {
    const { id, runBatch } = await createWorld()
    const upsert = (body: object, headers: object) =>
      runBatch({ method: 'PUT', url: posts, body: { title: 'x', ...body }, headers })

    const answers = [
      await upsert({ id: 'missing00000000' }, { 'If-Match': '*' }),
      await upsert({ id }, { 'If-Match': '"none"' }),
      await upsert({ id }, { 'If-Match': '*' }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 200])
  })
})

describe('If-None-Match: * on a create', () => {
  const isNew = { 'If-None-Match': '*' }

  it('refuses an id that is taken, and no other', async ({ expect }) => {
    const { app, id } = await createWorld()

    const taken = await app.post(posts, { id, title: 'x' }, { headers: isNew })
    const free = await app.post(posts, { id: 'abcdefghijklmno', title: 'x' }, { headers: isNew })
    const without = await app.post(posts, { title: 'x' }, { headers: isNew })

    expect(taken.status).toBe(412)
    expect(taken.body).toMatchObject({ data: { 'If-None-Match': { code: 'precondition_failed' } } })
    expect([free.status, without.status]).toEqual([200, 200])
  })

  it('is judged after the create rule', async ({ expect }) => {
    const { app, admin, id } = await createWorld()
    await changeCollection(app, admin.token, 'posts', { createRule: "@request.auth.id != ''" })

    const answer = await app.post(posts, { id, title: 'x' }, { headers: isNew })

    expect(answer.status).toBe(400)
  })

  it('holds for upserts in a batch', async ({ expect }) => {
    const { id, runBatch } = await createWorld()
    const upsert = (record: string) =>
      runBatch({ method: 'PUT', url: posts, body: { id: record, title: 'x' }, headers: isNew })

    const [taken, free] = [await upsert(id), await upsert('abcdefghijklmno')]

    expect([taken.status, free.status]).toEqual([400, 200])
  })
})

type World = Awaited<ReturnType<typeof createWorld>>
