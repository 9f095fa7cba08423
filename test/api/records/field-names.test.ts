import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

/** Names that every plain object has already. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const

const rows = '/api/collections/rows/records'
const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }

/** An object with one member, which could be `__proto__`. */
function only(name: string, value: unknown): unknown {
  return JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`)
}

interface World {
  readonly app: TestApp
  readonly token: string
}

/** A collection with fields of this name. */
async function createRows(name: string): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const made = await app.post(
    '/api/collections',
    {
      name: 'rows',
      type: 'base',
      ...open,
      fields: [
        { name, type: 'text', max: 10 },
        { name: 'other', type: 'text' },
      ],
      indexes: [`CREATE UNIQUE INDEX idx_rows ON rows (\`${name}\`) WHERE \`${name}\` != ''`],
    },
    { token },
  )
  if (made.status !== 200) throw new Error(JSON.stringify(made.body))
  return { app, token }
}

function valueIn(body: unknown, name: string): unknown {
  return Object.getOwnPropertyDescriptor(Object(body), name)?.value
}

describe.for(inherited)('a field called %s', (name) => {
  it('keeps values from JSON, forms and batches', async ({ expect }) => {
    const { app, token } = await createRows(name)
    await app.patch('/api/settings', { batch: { enabled: true } }, { token })
    const multipart = new FormData()
    multipart.append(name, 'b')
    const payload = new FormData()
    payload.append('@jsonPayload', JSON.stringify(only(name, 'c')))

    const answers = [
      await app.post(rows, only(name, 'a')),
      await app.post(rows, multipart),
      await app.post(rows, payload),
      await app.post(rows, new URLSearchParams([[name, 'd']])),
    ]
    const batch = await app.post('/api/batch', {
      requests: [{ method: 'POST', url: rows, body: only(name, 'e') }],
    })
    const { id } = (answers[0]?.body ?? {}) as { id: string }
    const patched = await app.patch(`${rows}/${id}`, only(name, 'f'))
    const { items } = (await app.get(`${rows}?sort=${name}`)).body as { items: object[] }

    expect(answers.map(({ body }) => valueIn(body, name))).toEqual(['a', 'b', 'c', 'd'])
    expect(batch.status).toBe(200)
    expect(valueIn(patched.body, name)).toBe('f')
    expect(items.map((item) => valueIn(item, name))).toEqual(['b', 'c', 'd', 'e', 'f'])
  })

  it('is unique, limited, filtered and projected like any other', async ({ expect }) => {
    const { app } = await createRows(name)
    await app.post(rows, only(name, 'a'))
    await app.post(rows, only('other', 'b'))

    const second = await app.post(rows, only(name, 'a'))
    const long = await app.post(rows, only(name, 'x'.repeat(11)))
    const found = await app.get(`${rows}?filter=${encodeURIComponent(`${name} = 'a'`)}`)
    const shown = await app.get(`${rows}?fields=${name}&sort=-${name}&perPage=1&skipTotal=1`)

    const issueOf = ({ body }: { body: unknown }): unknown =>
      valueIn((body as { data: object }).data, name)
    expect(issueOf(second)).toMatchObject({ code: 'validation_not_unique' })
    expect(issueOf(long)).toMatchObject({ code: 'validation_max_text_constraint' })
    expect(found.body).toMatchObject({ totalItems: 1 })
    expect(JSON.stringify((shown.body as { items: object[] }).items)).toBe(
      JSON.stringify([only(name, 'a')]),
    )
  })

  it('is visible to rules in the body, and missing if it was not sent', async ({ expect }) => {
    const { app, token } = await createRows(name)
    const rule = `@request.body.${name} = 'a' || @request.query.${name} = 'q'`
    await app.patch('/api/collections/rows', { createRule: rule }, { token })

    const sent = await app.post(rows, only(name, 'a'))
    const queried = await app.post(`${rows}?${name}=q`, {})
    const unsent = await app.post(rows, {})

    expect([sent.status, queried.status, unsent.status]).toEqual([200, 200, 400])
  })

  it('can be an expanded relation', async ({ expect }) => {
    const { app, token } = await createRows('title')
    const { body: collection } = await app.get('/api/collections/rows', { token })
    const { id: collectionId, fields } = collection as { id: string; fields: object[] }
    const relation = { name, type: 'relation', collectionId }
    await app.patch('/api/collections/rows', { fields: [...fields, relation] }, { token })
    const { id } = (await app.post(rows, { title: 'a' })).body as { id: string }

    const { body } = await app.post(`${rows}?expand=${name}`, only(name, id))

    expect(valueIn((body as { expand?: object }).expand ?? {}, name)).toMatchObject({ title: 'a' })
  })

  it('is kept as a member in JSON fields', async ({ expect }) => {
    const { app, token } = await createRows('title')
    const { body: collection } = await app.get('/api/collections/rows', { token })
    const { fields } = collection as { fields: object[] }
    const withJson = { fields: [...fields, { name: 'j', type: 'json' }] }
    await app.patch('/api/collections/rows', withJson, { token })

    const { body } = await app.post(rows, { j: only(name, [only(name, 1)]) })

    expect(JSON.stringify(valueIn(body, 'j'))).toBe(JSON.stringify(only(name, [only(name, 1)])))
  })
})
