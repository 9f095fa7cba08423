import { Hono } from 'hono'
import { describe, it, vi } from 'vitest'
import {
  type AfterEvent,
  type AppDefinition,
  type AreteEnv,
  type BeforeWriteEvent,
  type CollectionHooks,
  durable,
  refuse,
} from '#extension/index.ts'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import { createExtendedApp, runJobs } from '../../support/extended-app.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { formOf, tinyPng } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const text = (name: string, options = {}) => ({ name, type: 'text', ...options })
const number = (name: string) => ({ name, type: 'number' })

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
}

const posts = '/api/collections/posts/records'
const counters = '/api/collections/counters/records'

async function prepare(
  hooks: Readonly<Record<string, CollectionHooks>>,
  more: AppDefinition & { readonly isStrict?: boolean } = {},
): Promise<World> {
  const { isStrict = true, ...definition } = more
  const app = createExtendedApp({ hooks, ...definition }, { isStrict })
  const admin = await signInSuperuser(app)
  await createCollections(
    createTestApp(),
    admin.token,
    {
      name: 'posts',
      fields: [
        text('title', { max: 20 }),
        text('slug'),
        text('mark', { hidden: true }),
        number('views'),
        { name: 'cover', type: 'file' },
      ],
      createRule: 'title != "forbidden"',
      updateRule: 'title != "locked"',
    },
    { name: 'counters', fields: [text('name', { required: true }), number('n')] },
    {
      name: 'comments',
      fields: [
        {
          name: 'post',
          type: 'relation',
          collectionId: 'posts_id',
          cascadeDelete: true,
        },
        { name: 'other', type: 'relation', collectionId: 'posts_id' },
        text('body'),
      ],
    },
  )
  return { app, admin }
}

const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const { results } = await bindings.DB.prepare(`SELECT * FROM "${table}" ORDER BY rowid`).all()
  return results
}

describe('a hook before a write', () => {
  const slug: CollectionHooks = {
    beforeCreate(e) {
      if (e.data['title'].startsWith('!')) throw refuse({ title: 'Must not begin with "!".' })
      e.data['slug'] = e.data['title'].toLowerCase()
      e.data['mark'] = 'hooked'
    },
    beforeUpdate(e) {
      if (e.data['title'] !== undefined) e.data['slug'] = e.data['title'].toLowerCase()
    },
  }

  it.for<{ name: string; send: (app: TestApp) => Promise<unknown> }>([
    { name: 'HTTP', send: (app) => app.post(posts, { title: 'One' }) },
    { name: 'a form', send: (app) => app.post(posts, formOf(['title', 'One'])) },
    {
      name: 'a form with a file',
      send: (app) =>
        app.post(posts, formOf(['title', 'One'], ['cover', new File([tinyPng], 'a.png')])),
    },
    {
      name: 'a batch',
      send: (app) =>
        app.post('/api/batch', {
          requests: [{ method: 'POST', url: posts, body: { title: 'One' } }],
        }),
    },
    {
      name: 'an upsert',
      send: (app) =>
        app.post('/api/batch', {
          requests: [{ method: 'PUT', url: posts, body: { title: 'One' } }],
        }),
    },
    { name: 'the application', send: (app) => app.post('/api/write') },
  ])('changes what is stored, for a write by $name', async ({ send }, { expect }) => {
    const routes = new Hono<AreteEnv>().post('/api/write', async (c) =>
      c.json(await c.var.arete.records('posts').create({ title: 'One' })),
    )
    const { app, admin } = await prepare({ posts: slug }, { routes })
    await app.patch('/api/settings', { batch: { enabled: true } }, admin)

    await send(app)

    expect(await rowsOf('posts')).toMatchObject([{ title: 'One', slug: 'one', mark: 'hooked' }])
  })

  it('does not run for a write of the application that asks for none', async ({ expect }) => {
    const routes = new Hono<AreteEnv>().post('/api/write', async (c) =>
      c.json(await c.var.arete.records('posts').create({ title: '!' }, { hooks: false })),
    )
    const { app } = await prepare({ posts: slug }, { routes })

    expect((await app.post('/api/write')).body).toMatchObject({ title: '!', slug: '' })
  })

  it('changes an update, and costs no trip', async ({ expect }) => {
    const { app } = await prepare({ posts: slug })
    const { body } = await app.post(posts, { title: 'One' })
    const { id } = body as { id: string }

    const answer = await app.patch(`${posts}/${id}`, { title: 'Two', 'views+': 2 })

    expect(answer.body).toMatchObject({ title: 'Two', slug: 'two', views: 2 })
    expect(tripsOf(answer)).toBe('1 batch, 0 reads, 0 writes')
  })

  it('refuses with the envelope, and its values are validated', async ({ expect }) => {
    const { app } = await prepare({
      posts: {
        beforeCreate(e) {
          if (e.data['title'] === 'no') throw refuse('Not today.', { status: 422, code: 'closed' })
          if (e.data['title'] === 'field') throw refuse({ title: 'wrong' })
          if (e.data['title'] === 'long') e.data['title'] = 'x'.repeat(30)
        },
      },
    })

    const [whole, field, invalid] = [
      await app.post(posts, { title: 'no' }),
      await app.post(posts, { title: 'field' }),
      await app.post(posts, { title: 'long' }),
    ]

    expect(whole).toMatchObject({ status: 422, body: { data: {}, message: 'Not today.' } })
    expect(field.body).toEqual({
      data: { title: { code: 'hook_refused', message: 'Wrong.' } },
      message: 'Failed to create record.',
      status: 400,
    })
    expect(codesOf(invalid)).toEqual({ title: 'validation_max_text_constraint' })
    expect(await rowsOf('posts')).toEqual([])
  })

  it('invents no id for a collection that makes none', async ({ expect }) => {
    const { app, admin } = await prepare({ '*': { beforeCreate: () => undefined } })
    const id = { name: 'id', type: 'text', primaryKey: true, required: true, system: true }
    await createCollections(createTestApp(), admin.token, {
      name: 'codes',
      fields: [{ ...id, id: 'text3208210256', autogeneratePattern: '', pattern: '^[a-z0-9]+$' }],
    })

    const blank = await app.post('/api/collections/codes/records', {}, admin)
    const sent = await app.post('/api/collections/codes/records', { id: 'one' }, admin)

    expect(codesOf(blank)).toEqual({ id: 'validation_required' })
    expect(sent.body).toMatchObject({ id: 'one' })
  })

  it('is not heard by a client that the rule refuses', async ({ expect }) => {
    const { app, admin } = await prepare({
      posts: {
        beforeCreate: () => {
          throw refuse('A secret of the hook.')
        },
        async beforeUpdate(e) {
          throw refuse(`Stored: ${String((await e.stored())?.['mark'])}`)
        },
        beforeDelete: () => {
          throw refuse('A secret of the hook.')
        },
      },
    })
    await createTestApp().post(posts, { id: 'locked000000001', title: 'locked', mark: 's' }, admin)

    const create = await app.post(posts, { title: 'forbidden' })
    const update = await app.patch(`${posts}/locked000000001`, { views: 1 })
    const missing = await app.patch(`${posts}/missing00000000`, { views: 1 })
    await changeCollection(createTestApp(), admin.token, 'posts', { deleteRule: 'title = "x"' })
    const remove = await app.delete(`${posts}/locked000000001`)

    expect([create.status, update.status, missing.status, remove.status]).toEqual([
      400, 404, 404, 404,
    ])
    expect(JSON.stringify([create.body, update.body, missing.body, remove.body])).not.toMatch(
      /secret|Stored/,
    )
  })

  it('sees no secrets, and its failure tells the client nothing', async ({ expect }) => {
    const log = quiet()
    const seen: string[] = []
    const look = (e: unknown): void => {
      seen.push(JSON.stringify(e))
    }
    const { app } = await prepare({
      users: {
        beforeCreate: look,
        beforeUpdate: [look, async (e) => look(await e.stored())],
        afterCreate: look,
        afterUpdate: [look, durable('look', look)],
      },
      posts: {
        beforeCreate: () => {
          throw new Error('a stack of the application')
        },
      },
    })
    const ann = await signUp(app, 'ann@example.com')
    const users = `/api/collections/users/records/${ann.id}`
    const password = 'correct-horse-battery'
    await app.patch(
      users,
      { oldPassword: password, password: 'battery-horse', passwordConfirm: 'battery-horse' },
      ann,
    )
    const failed = await app.post(posts, { title: 'One' })

    const all = seen.join()
    expect(seen.length).toBeGreaterThan(4)
    expect(all).toContain('ann@example.com')
    expect(all).not.toMatch(/horse|tokenKey|\$argon2|"password"/)
    expect(failed).toMatchObject({ status: 400, body: { data: {} } })
    expect(JSON.stringify(failed.body)).not.toContain('stack')
    expect(JSON.stringify(log.mock.calls)).toContain('posts.beforeCreate')
  })

  it('is the same whenever it runs, or strict mode fails it', async ({ expect }) => {
    quiet()
    let runs = 0
    const honest = (e: BeforeWriteEvent): void => {
      e.data['slug'] = `${e.random()}-${e.now.getTime()}`
      e.batch.create('counters', { name: 'made' })
    }
    const impure = (e: BeforeWriteEvent): void => {
      e.data['slug'] = String(runs++)
    }
    const { app } = await prepare({ posts: { beforeCreate: honest } })
    const strict = createExtendedApp({ hooks: { posts: { beforeCreate: impure } } })
    const lenient = createExtendedApp({ hooks: { posts: { beforeCreate: impure } } }, {})

    expect((await app.post(posts, { title: 'One' })).status).toBe(200)
    expect((await strict.post(posts, { title: 'One' })).status).toBe(500)
    expect((await lenient.post(posts, { title: 'One' })).status).toBe(200)
  })

  it('fails a write that takes too long', async ({ expect }) => {
    quiet()
    const { app } = await prepare({ posts: { beforeCreate: () => new Promise(() => undefined) } })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

    const answer = app.post(posts, { title: 'One' })
    const timer = setInterval(() => vi.advanceTimersByTime(1000), 1)
    const { status, body } = await answer
    clearInterval(timer)
    vi.useRealTimers()

    expect(status).toBe(400)
    expect(body).toMatchObject({
      message: 'A check of this request took too long. Please try again.',
    })
  })

  it('runs `*` first, then the collection’s in order, and each sees the former', async ({
    expect,
  }) => {
    const add =
      (letter: string) =>
      (e: BeforeWriteEvent): void => {
        e.data['slug'] = `${e.data['slug'] ?? ''}${letter}`
      }
    const { app } = await prepare({
      posts: { beforeCreate: [add('b'), add('c')] },
      '*': { beforeCreate: add('a') },
    })

    expect((await app.post(posts, { title: 'One' })).body).toMatchObject({ slug: 'abc' })
  })

  it('knows the caller, the files, and what the rule will say', async ({ expect }) => {
    const seen: unknown[] = []
    const { app, admin } = await prepare(
      {
        posts: {
          async beforeCreate({ caller, files, allowed }) {
            seen.push([
              caller,
              files.map(({ field, originalName, contentType }) => [
                field,
                originalName,
                contentType,
              ]),
              await allowed(),
            ])
          },
        },
      },
      { isStrict: false },
    )

    await app.post(posts, formOf(['title', 'One'], ['cover', new File([tinyPng], 'a.png')]), admin)
    await app.post(posts, { title: 'forbidden' })

    expect(seen).toEqual([
      [
        { id: admin.id, collection: '_superusers', isSuperuser: true },
        [['cover', 'a.png', 'image/png']],
        true,
      ],
      [undefined, [], false],
    ])
  })
})

describe('a write that a hook adds', () => {
  const counted: CollectionHooks = {
    beforeCreate(e) {
      e.batch.update('counters', 'counter00000001', { 'n+': 1 })
    },
  }

  it('happens with the write, in its trip, or neither does', async ({ expect }) => {
    const { app, admin } = await prepare({ posts: counted })
    const missing = await app.post(posts, { title: 'One' })
    await app.post(counters, { id: 'counter00000001', name: 'posts' }, admin)

    const made = await app.post(posts, { title: 'One' })
    await app.post(posts, { title: 'forbidden' })
    await app.post(posts, { title: 'x'.repeat(30) })

    expect(missing).toMatchObject({
      status: 400,
      body: { data: { batch: { code: 'not_found' } }, message: 'Failed to create record.' },
    })
    expect(tripsOf(made)).toBe('1 batch, 0 reads, 0 writes')
    expect(await rowsOf('posts')).toHaveLength(1)
    expect(await rowsOf('counters')).toMatchObject([{ n: 1 }])
  })

  it('is named in the errors of a batch at the position of its write', async ({ expect }) => {
    const { app, admin } = await prepare({
      posts: { beforeCreate: (e) => void e.batch.create('counters', { name: e.data['title'] }) },
    })
    await app.patch('/api/settings', { batch: { enabled: true } }, admin)
    const create = (title: string) => ({ method: 'POST', url: posts, body: { title } })

    const answer = await app.post('/api/batch', { requests: [create('One'), create('')] })

    expect(answer.body).toMatchObject({
      data: {
        requests: {
          '1': { response: { data: { batch: { name: { code: 'validation_required' } } } } },
        },
      },
    })
    expect(await rowsOf('counters')).toEqual([])
  })

  it('ends after five hooks that call each other', async ({ expect }) => {
    const log = quiet()
    const { app } = await prepare(
      {
        posts: { beforeCreate: (e) => void e.batch.create('posts', { title: 'Again' }) },
      },
      { isStrict: false },
    )

    expect((await app.post(posts, { title: 'One' })).status).toBe(400)
    expect(await rowsOf('posts')).toEqual([])
    expect(JSON.stringify(log.mock.calls)).toContain('5 times over')
  })
})

describe('a hook that reads the stored record', () => {
  const increment: CollectionHooks = {
    async beforeUpdate(e) {
      const stored = await e.stored()
      e.data['views'] = Number(stored?.['views']) + 1
    },
  }

  it('loses no update of 30 concurrent ones', async ({ expect }) => {
    const { app } = await prepare({ posts: increment })
    const { body } = await app.post(posts, { title: 'One' })
    const path = `${posts}/${(body as { id: string }).id}`

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => app.patch(path, { title: 'Two' })),
    )
    const written = answers.filter(({ status }) => status === 200).length

    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(await rowsOf('posts')).toMatchObject([{ views: written }])
  })

  it('runs again when a definition changes between its plan and its batch', async ({ expect }) => {
    let runs = 0
    const { app, admin } = await prepare(
      {
        posts: {
          async beforeCreate(e) {
            if (runs++ === 0) {
              await changeCollection(createTestApp(), admin.token, 'counters', {
                listRule: 'n > 1',
              })
            }
            e.data['slug'] = 'made'
          },
        },
      },
      { isStrict: false },
    )

    const answer = await app.post(posts, { title: 'One' })

    expect(answer.status).toBe(200)
    expect(runs).toBe(2)
    expect(await rowsOf('posts')).toHaveLength(1)
  })
})

describe('a hook after a write', () => {
  it('runs for each change, with cascades and unset references', async ({ expect }) => {
    const seen: unknown[] = []
    const note = ({ action, collection, record, changed }: AfterEvent): void => {
      seen.push([action, collection, record['body'] ?? record['title'], changed])
    }
    const { app } = await prepare({
      '*': { afterCreate: note, afterUpdate: note, afterDelete: note },
    })
    const { body } = await app.post(posts, { title: 'One' })
    const { id } = body as { id: string }
    const comments = '/api/collections/comments/records'
    await app.post(comments, { post: id, body: 'goes' })
    await app.post(comments, { other: id, body: 'stays' })
    await app.patch(`${posts}/${id}`, { title: 'Two' })
    const before = seen.splice(0)
    await app.delete(`${posts}/${id}`)

    expect(before).toEqual([
      ['create', 'posts', 'One', []],
      ['create', 'comments', 'goes', []],
      ['create', 'comments', 'stays', []],
      ['update', 'posts', 'Two', ['title']],
    ])
    expect(seen).toHaveLength(3)
    expect(seen).toEqual(
      expect.arrayContaining([
        ['delete', 'posts', 'Two', []],
        ['delete', 'comments', 'goes', []],
        ['update', 'comments', 'stays', ['other']],
      ]),
    )
  })

  it('does not run for a write that failed, and its failure is only logged', async ({ expect }) => {
    const log = quiet()
    let runs = 0
    const { app } = await prepare({
      posts: {
        afterCreate: [
          () => {
            throw new Error('broken')
          },
          () => void runs++,
        ],
      },
    })

    const refused = await app.post(posts, { title: 'forbidden' })
    const made = await app.post(posts, { title: 'One' })

    expect([refused.status, made.status, runs]).toEqual([400, 200, 1])
    expect(JSON.stringify(log.mock.calls)).toContain('posts.afterCreate')
  })

  it('ends after five hooks that cause each other', async ({ expect }) => {
    const log = quiet()
    const { app } = await prepare({
      posts: {
        afterCreate: async (_, arete) =>
          void (await arete.records('posts').create({ title: 'Again' })),
      },
    })

    await app.post(posts, { title: 'One' })

    expect(await rowsOf('posts')).toHaveLength(5)
    expect(JSON.stringify(log.mock.calls)).toContain('5 times over')
  })
})

describe('a durable hook', () => {
  it('runs after the commit, once', async ({ expect }) => {
    const seen: AfterEvent[] = []
    const { app } = await prepare({
      posts: {
        afterCreate: durable('note', (e) => void seen.push(e)),
      },
    })

    await app.post(posts, { title: 'forbidden' })
    const { body } = await app.post(posts, { title: 'One' })

    expect(seen).toMatchObject([
      { action: 'create', collection: 'posts', record: { title: 'One' } },
    ])
    expect(seen[0]?.record.id).toBe((body as { id: string }).id)
    expect(await rowsOf('_deliveries')).toMatchObject([
      { id: seen[0]?.id, endpoint: 'hook:posts:note', state: 'done', attempts: 1 },
    ])
  })

  it('runs in the next minute if the isolate ended before it, and again if it fails', async ({
    expect,
  }) => {
    const log = quiet()
    let runs = 0
    const hooks = {
      posts: {
        afterCreate: durable('note', () => {
          runs++
          if (runs === 1) throw new Error('not yet')
        }),
      },
    }
    const { app } = await prepare(hooks)
    // The isolate ends: nothing runs in the background.
    const waitUntil = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never)
    const lost = app.post(posts, { title: 'One' })
    await vi.waitFor(async () => {
      if ((await rowsOf('_deliveries')).length === 0) throw new Error('not committed')
    })
    waitUntil.mockRestore()
    void lost.catch(() => undefined)
    expect(runs).toBe(0)

    await runJobs({ hooks }, new Date())
    expect(await rowsOf('_deliveries')).toMatchObject([{ state: 'waiting', error: 'not yet' }])
    await bindings.DB.prepare('UPDATE "_deliveries" SET "due" = 0').run()
    await bindings.DB.prepare('DELETE FROM "_crons"').run()
    await runJobs({ hooks }, new Date())

    expect(runs).toBe(2)
    expect(await rowsOf('_deliveries')).toMatchObject([{ state: 'done', attempts: 2 }])
    expect(JSON.stringify(log.mock.calls)).toContain('hook:posts:note')
  })

  it.for<{ name: string; definition: AppDefinition }>([
    {
      name: 'other hooks only',
      definition: { hooks: { posts: { afterCreate: () => undefined } } },
    },
    { name: 'no hooks any more', definition: {} },
  ])(
    'is given up, and replayable, by an application with $name',
    async ({ definition }, { expect }) => {
      quiet()
      const { app, admin } = await prepare({
        posts: { afterCreate: durable('gone', () => Promise.reject(new Error('down'))) },
      })
      await app.post(posts, { title: 'One' })
      await bindings.DB.prepare('UPDATE "_deliveries" SET "due" = 0').run()

      await runJobs(definition, new Date())

      expect(await rowsOf('_deliveries')).toMatchObject([{ state: 'dead', error: 'unknown' }])
      const path = '/api/webhooks/hook:posts:gone'
      const list = await app.get(`${path}/deliveries`, admin)
      const guest = await app.get(`${path}/deliveries`)
      const replayed = await app.post(`${path}/replay`, {}, admin)
      expect(list.body).toMatchObject({ items: [{ state: 'dead', webhook: 'hook:posts:gone' }] })
      expect(guest.status).toBe(401)
      expect(replayed.body).toEqual({ count: 1 })
    },
  )
})

describe('an application without hooks for a collection', () => {
  it('costs its requests no trip and no statement', async ({ expect }) => {
    const { app } = await prepare({ counters: { beforeCreate: () => undefined } })
    const statements: number[] = []
    const batch = vi.spyOn(bindings.DB, 'batch')

    for (const each of [app, createTestApp()]) {
      await each.post(posts, { title: 'Warm' })
      batch.mockClear()
      await each.post(posts, { title: 'One' })
      statements.push(batch.mock.calls[0]?.[0].length ?? 0)
    }

    expect(statements[0]).toBeGreaterThan(0)
    expect(statements[0]).toBe(statements[1])
  })
})
