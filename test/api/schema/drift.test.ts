import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { changeCollection } from '../../support/collections.ts'
import { type Answer, createTestApp } from '../../support/test-app.ts'

type Json = Readonly<Record<string, unknown>>

interface Plan {
  readonly revision: number
  readonly drift: readonly Json[]
  readonly changes: readonly Json[]
}

const title = { type: 'text', name: 'title' }
const size = { type: 'number', name: 'size' }
const posts = (change: Json = {}): Json => ({
  name: 'posts',
  type: 'base',
  fields: [title, size],
  listRule: '',
  ...change,
})

async function start() {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const plan = async (body: Json) =>
    (await app.post('/api/schema/plan', body, { token })).body as Plan
  const push = async (body: Json): Promise<Answer> => {
    const { revision } = await plan(body)
    return await app.post('/api/schema/apply', { ...body, revision }, { token })
  }
  const get = async () => (await app.get('/api/collections/posts', { token })).body as Json
  await push({ collections: [posts()] })
  return { app, token, plan, push, get }
}

describe('drift', () => {
  it('is what differs from the last push, by whom and since when', async ({ expect }) => {
    const { app, token, plan } = await start()
    const before = await plan({ collections: [posts()] })
    await changeCollection(app, token, 'posts', { listRule: null })
    await app.post('/api/collections', { name: 'other', type: 'base' }, { token })

    const { drift } = await plan({ collections: [posts()] })

    expect(before.drift).toEqual([])
    expect(drift).toMatchObject([
      { collection: 'posts', what: 'rules.list', by: 'dashboard', from: '', to: null },
      { collection: 'other', what: 'collection', by: 'dashboard' },
    ])
    expect(drift[0]?.['at']).toMatch(/^\d{4}-/)
  })

  it('stops a push that does not say what to do with it', async ({ expect }) => {
    const { app, token, push, get } = await start()
    await changeCollection(app, token, 'posts', { listRule: null })
    const body = { collections: [posts({ viewRule: '' })] }

    const refused = await push(body)

    expect(refused).toMatchObject({ status: 400, body: { data: { drift: {} } } })
    expect(await get()).toMatchObject({ listRule: null, viewRule: null })
  })

  it.for([
    {
      name: 'keeps what only the deployment changed',
      there: { listRule: null },
      code: { viewRule: '' },
      result: { listRule: null, viewRule: '' },
    },
    {
      name: 'keeps a field that came on the deployment',
      there: { fields: [title, size, { type: 'bool', name: 'done' }] },
      code: { viewRule: '' },
      result: { fields: [{ name: 'id' }, title, size, { name: 'done' }] },
    },
    {
      name: 'keeps a field away that went on the deployment',
      there: { fields: [title] },
      code: { viewRule: '' },
      result: { viewRule: '', fields: [{ name: 'id' }, title] },
    },
    {
      name: 'merges different options of one field',
      there: { fields: [{ ...title, max: 50 }, size] },
      code: { fields: [{ ...title, required: true }, size] },
      result: { fields: [{ name: 'id' }, { name: 'title', max: 50, required: true }, size] },
    },
    {
      name: 'takes what both changed to the same',
      there: { listRule: null },
      code: { listRule: null },
      result: { listRule: null },
    },
  ])('$name when it is merged', async ({ there, code, result }, { expect }) => {
    const { app, token, push, get } = await start()
    await changeCollection(app, token, 'posts', there)

    const answer = await push({ collections: [posts(code)], drift: 'keep' })

    expect(answer.status).toBe(200)
    expect(await get()).toMatchObject(result)
  })

  it.for([
    {
      name: 'a rule',
      there: { listRule: null },
      code: { listRule: 'title = "x"' },
      what: 'listRule',
    },
    {
      name: 'an option of a field',
      there: { fields: [{ ...title, max: 50 }, size] },
      code: { fields: [{ ...title, max: 60 }, size] },
      what: 'fields.title.max',
    },
    {
      name: 'a field that code dropped',
      there: { fields: [title, { ...size, max: 5 }] },
      code: { fields: [title] },
      what: 'fields.size',
    },
  ])('blocks a merge if both changed $name', async ({ there, code, what }, { expect }) => {
    const { app, token, plan, push, get } = await start()
    await changeCollection(app, token, 'posts', there)
    const before = await get()
    const body = { collections: [posts(code)], drift: 'keep' }

    const { changes } = await plan(body)
    const answer = await push(body)

    expect(changes).toContainEqual({
      kind: 'conflict',
      collection: 'posts',
      what,
      risk: 'blocked',
    })
    expect(answer.status).toBe(400)
    expect(await get()).toEqual(before)
  })

  it('is gone after it was overwritten', async ({ expect }) => {
    const { app, token, push, plan, get } = await start()
    await changeCollection(app, token, 'posts', { listRule: null })

    const answer = await push({ collections: [posts()], drift: 'overwrite' })

    expect(answer.status).toBe(200)
    expect(await get()).toMatchObject({ listRule: '' })
    expect(await plan({ collections: [posts()] })).toMatchObject({ drift: [], changes: [] })
  })

  it('stays after it was kept, since code does not have it', async ({ expect }) => {
    const { app, token, push, plan } = await start()
    await changeCollection(app, token, 'posts', { listRule: null })

    await push({ collections: [posts({ viewRule: '' })], drift: 'keep' })

    const { drift } = await plan({ collections: [posts({ viewRule: '' })] })
    expect(drift).toMatchObject([{ collection: 'posts', what: 'rules.list' }])
  })

  it('spares collections that came on the deployment from a merge', async ({ expect }) => {
    const { app, token, push } = await start()
    await app.post('/api/collections', { name: 'other', type: 'base' }, { token })

    await push({ collections: [posts()], drift: 'keep', deleteMissing: true })

    expect((await app.get('/api/collections/other', { token })).status).toBe(200)
  })
})

describe('the phases of a push', () => {
  const next = {
    collections: [
      posts({
        fields: [
          { ...title, required: true },
          { type: 'bool', name: 'done' },
        ],
        listRule: null,
        viewRule: '',
      }),
    ],
  }

  it('add first, and take away later', async ({ expect }) => {
    const { push, get, plan } = await start()

    await push({ ...next, phase: 'expand' })
    const between = await get()
    const left = await plan({ ...next, phase: 'contract' })
    const contracted = await push({ ...next, phase: 'contract' })

    expect(between).toMatchObject({ listRule: '', viewRule: '' })
    expect(between['fields']).toMatchObject([
      { name: 'id' },
      { name: 'title', required: false },
      { name: 'done' },
      { name: 'size' },
    ])
    expect(left.drift).toEqual([])
    expect(contracted.status).toBe(200)
    expect(await get()).toMatchObject({ listRule: null, viewRule: '' })
    expect(await plan(next)).toMatchObject({ changes: [], drift: [] })
  })

  it('do not contract what was not expanded', async ({ expect }) => {
    const { plan } = await start()

    const { changes } = await plan({ ...next, phase: 'contract' })

    expect(changes).toContainEqual({ kind: 'phase', collection: 'posts', risk: 'blocked' })
  })
})
