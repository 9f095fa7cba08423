import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
import { formOf } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/notes/records'

async function createWorld(indexes: readonly string[] = []): Promise<{
  app: TestApp
  token: string
}> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, {
    name: 'notes',
    fields: [
      { type: 'text', name: 't' },
      { type: 'json', name: 'j' },
    ],
    indexes,
  })
  await app.patch('/api/settings', { batch: { enabled: true } }, { token })
  return { app, token }
}

async function storedTypes(): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare(`SELECT typeof("j") AS "type" FROM "notes"`).all()
  return results.map(({ type }) => type)
}

const created = (app: TestApp, body: unknown): Promise<unknown> => app.post(path, body)

async function updated(app: TestApp, body: unknown): Promise<void> {
  await app.post(path, { id: 'note00000000001', j: { a: 1 } })
  await app.patch(`${path}/note00000000001`, body)
}

describe('a json field without a value', () => {
  it.for([
    { name: 'left out', write: (app: TestApp) => created(app, { t: 'a' }) },
    { name: 'null', write: (app: TestApp) => created(app, { j: null }) },
    { name: 'the text null', write: (app: TestApp) => created(app, { j: 'null' }) },
    { name: 'left out of a form', write: (app: TestApp) => created(app, formOf(['t', 'a'])) },
    { name: 'null in a form', write: (app: TestApp) => created(app, formOf(['j', 'null'])) },
    {
      name: 'null in the JSON of a form',
      write: (app: TestApp) => created(app, formOf(['@jsonPayload', '{"j":null}'])),
    },
    { name: 'changed to null', write: (app: TestApp) => updated(app, { j: null }) },
    {
      name: 'changed to null by a form',
      write: (app: TestApp) => updated(app, formOf(['j', 'null'])),
    },
    { name: 'written with a modifier', write: (app: TestApp) => created(app, { 'j+': 1 }) },
    {
      name: 'created in a batch',
      write: (app: TestApp) =>
        app.post('/api/batch', { requests: [{ method: 'POST', url: path, body: { t: 'a' } }] }),
    },
    {
      name: 'put in a batch',
      write: (app: TestApp) =>
        app.post('/api/batch', {
          requests: [{ method: 'PUT', url: path, body: { id: 'note00000000002', j: null } }],
        }),
    },
  ])('is stored as NULL and shown as null: $name', async ({ write }, { expect }) => {
    const { app } = await createWorld()

    await write(app)

    expect(await storedTypes()).toEqual(['null'])
    expect((await app.get(path)).body).toMatchObject({ items: [{ j: null }] })
  })

  it('distinguishes empty strings, lists and objects, false and 0 from null', async ({
    expect,
  }) => {
    const { app } = await createWorld()
    const values = ['', '""', [], {}, false, 0, '"null"', ' null ']

    for (const j of values) await created(app, { j })

    expect(await storedTypes()).not.toContain('null')
    const { body } = await app.get(`${path}?filter=${encodeURIComponent('j = null')}`)
    expect(body).toMatchObject({ totalItems: 0 })
  })

  it('does not conflict in a unique index', async ({ expect }) => {
    const { app } = await createWorld(['CREATE UNIQUE INDEX `idx_j` ON `notes` (`j`)'])

    const answers = [await app.post(path, { t: 'a' }), await app.post(path, { t: 'a' })]
    const valued = [await app.post(path, { j: { a: 1 } }), await app.post(path, { j: { a: 1 } })]

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(valued.map(({ status }) => status)).toEqual([200, 400])
  })

  it('is left out of a partial unique index', async ({ expect }) => {
    const { app } = await createWorld([
      'CREATE UNIQUE INDEX `idx_t` ON `notes` (`t`) WHERE `j` IS NOT NULL',
    ])

    const answers = [
      await app.post(path, { t: 'a' }),
      await app.post(path, { t: 'a' }),
      await app.post(path, { t: 'a', j: 1 }),
      await app.post(path, { t: 'a', j: 2 }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400])
  })

  it('is NULL for IS NULL, count and coalesce in a view', async ({ expect }) => {
    const { app, token } = await createWorld()
    await createCollections(
      app,
      token,
      {
        name: 'without',
        type: 'view',
        listRule: '',
        viewQuery: 'SELECT id, t FROM notes WHERE j IS NULL',
      },
      {
        name: 'counted',
        type: 'view',
        listRule: '',
        viewQuery:
          "SELECT t AS id, count(j) AS n, max(coalesce(j, 'none')) AS c FROM notes GROUP BY t",
      },
    )
    await app.post(path, { t: 'a' })
    await app.post(path, { t: 'b', j: { x: 1 } })

    const without = await app.get('/api/collections/without/records')
    const counted = await app.get('/api/collections/counted/records?sort=id')

    expect(without.body).toMatchObject({ totalItems: 1, items: [{ t: 'a' }] })
    expect(counted.body).toMatchObject({
      items: [
        { id: 'a', n: 0, c: 'none' },
        { id: 'b', n: 1, c: { x: 1 } },
      ],
    })
  })

  it.for([
    { filter: 'j = null', found: ['null'] },
    { filter: 'j != null', found: ['empty', 'list', 'zero'] },
    { filter: 'j = ""', found: ['empty'] },
    { filter: 'j != ""', found: ['list', 'null', 'zero'] },
    { filter: 'j.a = null', found: ['empty', 'list', 'null', 'zero'] },
    { filter: 'j = "null"', found: [] },
  ])('is found as in PocketBase: $filter', async ({ filter, found }, { expect }) => {
    const { app } = await createWorld()
    for (const [t, j] of Object.entries({ empty: '', list: [], null: null, zero: 0 })) {
      await app.post(path, { t, j })
    }

    const { body } = await app.get(`${path}?sort=t&filter=${encodeURIComponent(filter)}`)

    expect((body as { items: { t: string }[] }).items.map(({ t }) => t)).toEqual(found)
  })

  it('is the value of records older than the field', async ({ expect }) => {
    const { app, token } = await createWorld()
    await app.post(path, { t: 'a' })
    const { body } = await app.get('/api/collections/notes', { token })
    const { fields } = body as { fields: object[] }

    await changeCollection(app, token, 'notes', {
      fields: [...fields, { type: 'json', name: 'k' }],
    })

    const { results } = await bindings.DB.prepare(`SELECT "k" FROM "notes"`).all()
    expect(results).toEqual([{ k: null }])
  })
})
