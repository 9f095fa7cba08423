import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { schemaOf } from '../../support/schema.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

type Json = Readonly<Record<string, unknown>>

interface Plan {
  readonly revision: number
  readonly digest: string
  readonly drift: readonly Json[]
  readonly changes: readonly Json[]
  readonly statements: number
  readonly isPushed: boolean
}

interface World {
  readonly app: TestApp
  readonly token: string
  plan(body: Json): Promise<Plan>
  /** Plans, and applies the plan. */
  push(body: Json): Promise<Answer>
  get(collection: string): Promise<Json>
}

async function start(): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const world: World = {
    app,
    token,
    async plan(body) {
      const { status, body: plan } = await app.post('/api/schema/plan', body, { token })
      if (status !== 200) throw new Error(JSON.stringify(plan))
      return plan as Plan
    },
    async push(body) {
      const { revision } = await world.plan(body)
      return await app.post('/api/schema/apply', { ...body, revision }, { token })
    },
    async get(collection) {
      return (await app.get(`/api/collections/${collection}`, { token })).body as Json
    },
  }
  return world
}

const text = (name: string, options: Json = {}): Json => ({ type: 'text', name, ...options })
const posts = (...fields: readonly Json[]): Json => ({ name: 'posts', type: 'base', fields })

describe('POST /api/schema/plan', () => {
  it('lists what would change and changes nothing', async ({ expect }) => {
    const { plan } = await start()
    const before = await schemaOf(bindings.DB)

    const { changes } = await plan({
      collections: [{ ...posts(text('title')), listRule: '', deleteRule: 'title = "x"' }],
    })

    expect(changes).toEqual([
      { kind: 'collection.create', collection: 'posts', type: 'base', risk: 'safe' },
      {
        kind: 'rules',
        collection: 'posts',
        rule: 'listRule',
        from: null,
        to: '',
        access: 'opens',
        risk: 'safe',
      },
      {
        kind: 'rules',
        collection: 'posts',
        rule: 'deleteRule',
        from: null,
        to: 'title = "x"',
        access: 'opens',
        risk: 'safe',
      },
    ])
    expect(await schemaOf(bindings.DB)).toEqual(before)
  })

  it('finds a field by its name, whatever its id is, and finds no change in what it applied', async ({
    expect,
  }) => {
    const { app, token, plan, push } = await start()
    await createCollections(app, token, {
      name: 'posts',
      fields: [{ ...text('title'), id: 'some_id' }],
    })
    const rules = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }
    const body = { collections: [{ ...posts(text('title')), ...rules }] }

    expect((await plan(body)).changes).toEqual([])
    await push(body)
    const again = await plan(body)

    expect(again).toMatchObject({ changes: [], drift: [], isPushed: true })
  })

  it('counts the values that a change would lose', async ({ expect }) => {
    const { app, token, plan } = await start()
    const tags = { type: 'select', name: 'tags', values: ['a', 'b', 'c'], maxSelect: 3 }
    const open = { createRule: '' }
    await createCollections(app, token, {
      name: 'posts',
      ...open,
      fields: [text('title'), text('subtitle'), text('empty'), tags],
    })
    await createCollections(app, token, { name: 'old', fields: [text('title')] })
    await createRecords(
      ...([app, token, 'posts'] as const),
      { title: 'long title', subtitle: 'x', tags: ['a', 'c'] },
      { title: 'short', subtitle: 'y', tags: ['b'] },
      { title: 'short', tags: [] },
    )
    await createRecords(app, token, 'old', { title: 'x' })

    const { changes } = await plan({
      collections: [
        {
          ...posts(text('title', { max: 8, required: true }), {
            ...tags,
            values: ['a', 'b'],
            maxSelect: 2,
          }),
          indexes: ['CREATE UNIQUE INDEX `by_title` ON `posts` (`title`)'],
        },
      ],
      deleteMissing: true,
    })

    const found = changes.filter(({ risk }) => risk !== 'safe')
    expect(found).toMatchObject([
      {
        kind: 'field.drop',
        field: 'subtitle',
        risk: 'destructive',
        rows: 2,
        allow: 'drop:posts.subtitle',
      },
      { kind: 'field.change', option: 'max', rows: 1, allow: 'limits:posts.title' },
      { kind: 'field.change', option: 'values', rows: 1, allow: 'values:posts.tags' },
      { kind: 'index.add', risk: 'blocked', rows: 1 },
      { kind: 'collection.drop', collection: 'old', rows: 1, allow: 'drop:old' },
    ])
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'field.drop', field: 'empty', risk: 'safe' }),
    )
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'field.change', option: 'required', risk: 'safe' }),
    )
  })

  it('counts records with more values than one, where only one is left', async ({ expect }) => {
    const { app, token, plan } = await start()
    const tags = { type: 'select', name: 'tags', values: ['a', 'b', 'c'], maxSelect: 3 }
    await createCollections(app, token, { name: 'posts', fields: [tags] })
    await createRecords(app, token, 'posts', { tags: ['a', 'c'] }, { tags: ['b'] })

    const { changes } = await plan({ collections: [posts({ ...tags, maxSelect: 1 })] })

    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'field.change',
        option: 'maxSelect',
        risk: 'destructive',
        rows: 1,
        allow: 'single:posts.tags',
      }),
    )
  })

  it('guesses no rename', async ({ expect }) => {
    const { push, plan } = await start()
    await push({ collections: [posts(text('intro'), text('title'))] })
    const collections = [posts(text('lead'), text('title'))]

    const guess = await plan({ collections })
    const said = await plan({ collections, renames: { 'posts.intro': 'lead' } })
    const coded = await plan({
      collections: [posts(text('lead', { renamedFrom: 'intro' }), text('title'))],
    })
    const dropped = await plan({ collections, allow: ['drop:posts.intro'] })

    expect(guess.changes).toEqual([
      {
        kind: 'field.ambiguous',
        collection: 'posts',
        gone: ['intro'],
        new: ['lead'],
        allow: ['drop:posts.intro'],
        risk: 'blocked',
      },
    ])
    const rename = { kind: 'field.rename', collection: 'posts', from: 'intro', to: 'lead' }
    expect(said.changes).toMatchObject([rename])
    expect(coded.changes).toMatchObject([rename])
    expect(dropped.changes.map(({ kind }) => kind)).toEqual(['field.drop', 'field.add'])
  })

  it('reports invalid definitions and rules as blocked', async ({ expect }) => {
    const { plan } = await start()

    const { changes } = await plan({
      collections: [{ ...posts(text('title')), listRule: 'missing = 1' }],
    })

    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'invalid', collection: 'posts', risk: 'blocked' }),
    )
  })

  it('refuses what is no definition', async ({ expect }) => {
    const { app, token } = await start()

    const answers = await Promise.all([
      app.post('/api/schema/plan', { collections: 'x' }, { token }),
      app.post(
        '/api/schema/plan',
        { collections: [posts({ type: 'none', name: 'a' })] },
        { token },
      ),
      app.post('/api/schema/plan', { collections: [], phase: 'now' }, { token }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
  })
})

describe('POST /api/schema/apply', () => {
  it('applies the plan, records it, and renames with the values kept', async ({ expect }) => {
    const { app, token, push, get } = await start()
    await push({ collections: [posts(text('headline'))] })
    await createRecords(app, token, 'posts', { headline: 'kept' })

    const answer = await push({
      collections: [posts(text('title', { renamedFrom: 'headline' }))],
    })

    expect(answer.status).toBe(200)
    const { body } = await app.get('/api/collections/posts/records', { token })
    expect((body as { items: unknown }).items).toMatchObject([{ title: 'kept' }])
    expect((await get('posts'))['fields']).toMatchObject([{ name: 'id' }, { name: 'title' }])
    const history = await app.get('/api/schema/history', { token })
    expect(history.body).toMatchObject({
      items: [{ source: 'push', changes: [{ kind: 'field.rename' }] }, { source: 'push' }],
    })
  })

  it('exchanges the names of two fields once', async ({ expect }) => {
    const { app, token, push, plan } = await start()
    await push({ collections: [posts(text('a'), text('b'))] })
    await createRecords(app, token, 'posts', { a: 'was a', b: 'was b' })
    const swapped = {
      collections: [posts(text('a', { renamedFrom: 'b' }), text('b', { renamedFrom: 'a' }))],
    }

    const answer = await push(swapped)
    const again = await plan(swapped)

    expect(answer.status).toBe(200)
    const { body } = await app.get('/api/collections/posts/records', { token })
    expect((body as { items: unknown }).items).toMatchObject([{ a: 'was b', b: 'was a' }])
    expect(again.changes).toEqual([])
  })

  it('does nothing unless everything is allowed', async ({ expect }) => {
    const { app, token, push } = await start()
    await push({ collections: [posts(text('title'), text('subtitle'))] })
    await createRecords(app, token, 'posts', { title: 'a', subtitle: 'b' })
    const before = await schemaOf(bindings.DB)
    const body = {
      collections: [posts(text('title')), { name: 'tags', type: 'base', fields: [] }],
    }

    const refused = await push(body)
    const after = await schemaOf(bindings.DB)
    const allowed = await push({ ...body, allow: ['drop:posts.subtitle'] })

    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      data: { 'drop:posts.subtitle': { code: 'schema_not_allowed' } },
    })
    expect(after).toEqual(before)
    expect(allowed.status).toBe(200)
  })

  it('does nothing if a value came after the plan', async ({ expect }) => {
    const { app, token, push, plan } = await start()
    await push({ collections: [posts(text('title'), text('subtitle'))] })
    const body = { collections: [posts(text('title'))] }
    const { revision, changes } = await plan(body)
    await createRecords(app, token, 'posts', { subtitle: 'new' })

    const answer = await app.post('/api/schema/apply', { ...body, revision }, { token })

    expect(changes).toMatchObject([{ kind: 'field.drop', risk: 'safe' }])
    expect(answer.status).toBe(400)
    const { body: list } = await app.get('/api/collections/posts/records', { token })
    expect((list as { items: unknown }).items).toMatchObject([{ subtitle: 'new' }])
  })

  it('refuses a plan of an older revision', async ({ expect }) => {
    const { app, token, plan, get } = await start()
    const body = { collections: [posts(text('title'))] }
    const { revision } = await plan(body)
    await createCollections(app, token, { name: 'other', fields: [] })

    const answer = await app.post('/api/schema/apply', { ...body, revision }, { token })

    expect(answer).toMatchObject({
      status: 409,
      body: { status: 409, data: {}, message: expect.stringContaining('has changed') as string },
    })
    expect(await get('posts')).toMatchObject({ status: 404 })
  })

  it('names the entry of a plan that is applied a second time', async ({ expect }) => {
    const { app, token, plan } = await start()
    const body = { collections: [posts(text('title'))] }
    const { revision, digest } = await plan(body)

    const first = await app.post('/api/schema/apply', { ...body, revision }, { token })
    const second = await app.post('/api/schema/apply', { ...body, revision }, { token })
    const found = await app.get(`/api/schema/history?digest=${digest}`, { token })

    const { entry } = first.body as { entry: number }
    expect(second).toMatchObject({
      status: 409,
      body: { data: { entry: { code: 'schema_applied', params: { id: entry } } } },
    })
    expect(found.body).toMatchObject({ items: [{ id: entry, digest }] })
  })

  it('lets one win when the dashboard saves at the same time', async ({ expect }) => {
    const { app, token, push, plan } = await start()
    await push({ collections: [posts(text('title'))] })
    const other = createTestApp()
    await other.get('/api/collections/posts', { token })
    const body = { collections: [{ ...posts(text('title')), listRule: '' }] }
    const { revision } = await plan(body)

    const [applied, saved] = await Promise.all([
      app.post('/api/schema/apply', { ...body, revision }, { token }),
      other.patch('/api/collections/posts', { viewRule: '' }, { token }),
    ])

    expect([200, 409]).toContain(applied.status)
    expect(saved.status).toBe(200)
    const stored = (await app.get('/api/collections/posts', { token })).body
    expect(stored).toMatchObject({ viewRule: '', listRule: applied.status === 200 ? '' : null })
  })

  it('lets one of thirty plans win, and tells the others', async ({ expect }) => {
    const { app, token, plan, get } = await start()
    const { revision } = await plan({ collections: [] })
    const bodies = Array.from({ length: 30 }, (_, n) => ({
      collections: [posts(text(`field_${n}`))],
      revision,
    }))

    const answers = await Promise.all(
      bodies.map((body) => createTestApp().post('/api/schema/apply', body, { token })),
    )

    const won = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []))
    const lost = answers.filter(({ status }) => status === 409)
    expect(won).toHaveLength(1)
    expect(lost).toHaveLength(29)
    expect(lost.every(({ body }) => JSON.stringify(body).includes('has changed'))).toBe(true)
    expect((await get('posts'))['fields']).toMatchObject([
      { name: 'id' },
      { name: `field_${won[0]}` },
    ])
    const { body: history } = await app.get('/api/schema/history', { token })
    expect((history as { items: unknown[] }).items).toHaveLength(1)
  })

  it('applies one plan once, however often it is sent at the same moment', async ({ expect }) => {
    const { app, token, plan } = await start()
    const body = { collections: [posts(text('title'))] }
    const { revision } = await plan(body)

    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        createTestApp().post('/api/schema/apply', { ...body, revision }, { token }),
      ),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const lost = answers.filter(({ status }) => status === 409)
    expect(lost).toHaveLength(9)
    for (const { body: answer } of lost) {
      expect(answer).toMatchObject({ data: { entry: { code: 'schema_applied' } } })
    }
    const { body: history } = await app.get('/api/schema/history', { token })
    expect((history as { items: unknown[] }).items).toHaveLength(1)
  })

  it('applies nothing of a plan that the database refuses', async ({ expect }) => {
    const { push } = await start()
    await push({ collections: [posts(text('title'))] })
    const before = await schemaOf(bindings.DB)

    const answer = await push({
      collections: [
        {
          ...posts(text('title'), text('more')),
          indexes: ['CREATE INDEX `i` ON `posts` (`nope`)'],
        },
        { name: 'tags', type: 'base', fields: [] },
      ],
    })

    expect(answer.status).toBe(400)
    expect(await schemaOf(bindings.DB)).toEqual(before)
  })

  it('keeps what only the server knows: secrets and system fields', async ({ expect }) => {
    const { app, token, push, get } = await start()
    const provider = { name: 'google', clientId: 'id', clientSecret: 'the-client-secret' }
    await changeCollection(app, token, 'users', {
      oauth2: { enabled: true, providers: [provider] },
    })
    const secrets = async () =>
      await bindings.DB.prepare(
        `SELECT "options" ->> '$.authToken.secret' AS "token", "options" ->> '$.oauth2.providers[0].clientSecret' AS "client"
         FROM "_collections" WHERE "name" = 'users'`,
      ).first()
    const before = await secrets()
    const { fields, ...users } = await get('users')
    const own = (fields as readonly Json[]).filter(({ system }) => system !== true)

    const answer = await push({ collections: [{ ...users, fields: own, listRule: '' }] })

    expect(answer.body).toMatchObject({ changes: [{ kind: 'rules' }] })
    expect(JSON.stringify(answer.body)).not.toContain('the-client-secret')
    expect(await secrets()).toEqual(before)
  })

  it('creates a hundred collections of twenty fields at once', async ({ expect }) => {
    const { push } = await start()
    const fields = Array.from({ length: 20 }, (_, n) => text(`f${n}`))
    const collections = Array.from({ length: 100 }, (_, n) => ({
      name: `c${n}`,
      type: 'base',
      fields,
    }))

    const answer = await push({ collections })

    expect(answer.status).toBe(200)
    expect((answer.body as Plan).changes).toHaveLength(100)
  })

  it('says how to split what one batch does not hold', async ({ expect }) => {
    const { push, plan } = await start()
    const many = (count: number) => Array.from({ length: count }, (_, n) => text(`f${n}`))
    const collections = (count: number) =>
      Array.from({ length: 60 }, (_, n) => ({ name: `c${n}`, type: 'base', fields: many(count) }))
    await push({ collections: collections(1) })

    const { changes } = await plan({ collections: collections(20) })
    const answer = await push({ collections: collections(20) })

    const limit = changes.find(({ kind }) => kind === 'limit')
    const split = limit?.['split'] as readonly (readonly string[])[]
    expect(limit).toMatchObject({ risk: 'blocked' })
    expect(split.length).toBeGreaterThan(1)
    expect(split.flat()).toHaveLength(60)
    expect(answer).toMatchObject({ status: 400 })
  })
})
