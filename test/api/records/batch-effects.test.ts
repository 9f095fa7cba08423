import { describe, it } from 'vitest'
import { password, signInSuperuser } from '../../support/accounts.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

type Request = Readonly<Record<string, unknown>>

const id = (name: string): string => name.padEnd(15, '0')
const path = (collection: string): string => `/api/collections/${collection}/records`
const drop = (collection: string, name: string): Request => ({
  method: 'DELETE',
  url: `${path(collection)}/${id(name)}`,
})
const put = (collection: string, name: string, body: object = {}): Request => ({
  method: 'PUT',
  url: path(collection),
  body: { id: id(name), ...body },
})
const change = (collection: string, name: string, body: object): Request => ({
  method: 'PATCH',
  url: `${path(collection)}/${id(name)}`,
  body,
})

interface World {
  readonly app: TestApp
  run(requests: readonly Request[]): Promise<Answer>
}

/** Two parents; the first has a child, which has a child. */
async function createWorld(): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const batch = { enabled: true }
  await app.patch('/api/settings', { batch, rateLimits: { enabled: false } }, { token })
  const title = { type: 'text', name: 'title' }
  const owner = { type: 'relation', name: 'owner', maxSelect: 1, cascadeDelete: true }
  await createCollections(
    app,
    token,
    { name: 'parents', fields: [title] },
    {
      name: 'children',
      fields: [
        title,
        { ...owner, collectionId: 'parents_id' },
        { type: 'file', name: 'file', maxSelect: 1 },
      ],
      indexes: ["CREATE UNIQUE INDEX idx_children ON children (title) WHERE title != ''"],
    },
    { name: 'grandchildren', fields: [title, { ...owner, collectionId: 'children_id' }] },
    { name: 'people', type: 'auth', fields: [{ ...owner, collectionId: 'parents_id' }] },
  )
  await createRecords(app, token, 'parents', { id: id('p') }, { id: id('q') })
  await createRecords(app, token, 'children', { id: id('c'), owner: id('p'), title: 'first' })
  await createRecords(app, token, 'grandchildren', { id: id('g'), owner: id('c') })
  return { app, run: (requests) => app.post('/api/batch', { requests }) }
}

const statuses = ({ body }: Answer): unknown =>
  Array.isArray(body) ? (body as { status: number }[]).map(({ status }) => status) : body

describe('a request of a batch after a deletion', () => {
  it.for([
    {
      name: 'restores a record deleted by cascade',
      requests: [drop('parents', 'p'), put('children', 'c', { title: 'x' })],
      statuses: [204, 200],
    },
    {
      name: 'restores a whole cascade at any depth',
      requests: [
        drop('parents', 'p'),
        put('parents', 'p'),
        put('children', 'c', { owner: id('p') }),
        put('grandchildren', 'g', { owner: id('c') }),
      ],
      statuses: [204, 200, 200, 200],
    },
    {
      name: 'changes a restored record',
      requests: [drop('parents', 'p'), put('children', 'c'), put('children', 'c', { title: 'y' })],
      statuses: [204, 200, 200],
    },
    {
      name: 'changes a record that an earlier request detached',
      requests: [
        change('children', 'c', { owner: id('q') }),
        drop('parents', 'p'),
        put('children', 'c', { title: 'kept' }),
      ],
      statuses: [200, 204, 200],
    },
    {
      name: 'restores a record created in the batch',
      requests: [
        put('children', 'd', { owner: id('p') }),
        drop('parents', 'p'),
        put('children', 'd', { owner: id('q') }),
        drop('parents', 'q'),
        put('children', 'd'),
      ],
      statuses: [200, 204, 200, 204, 200],
    },
    {
      name: 'uses a unique value that has become free',
      requests: [drop('parents', 'p'), put('children', 'other', { title: 'first' })],
      statuses: [204, 200],
    },
  ])('$name', async ({ requests, statuses: expected }, { expect }) => {
    const { run } = await createWorld()

    const answer = await run(requests)

    expect(statuses(answer)).toEqual(expected)
  })

  it('is rejected as a creation if it is one', async ({ expect }) => {
    const { run } = await createWorld()

    const answer = await run([
      drop('parents', 'p'),
      put('children', 'c', { owner: 'missing00000000' }),
    ])

    expect(answer.body).toMatchObject({
      data: { requests: { 1: { response: { message: 'Failed to create record.' } } } },
    })
  })

  it('restores a record with other files, and removes the old ones', async ({ expect }) => {
    const { app, run } = await createWorld()
    const upload = (name: string): FormData => {
      const form = new FormData()
      form.append('file', new Blob([name]), name)
      return form
    }
    const before = await app.patch(`${path('children')}/${id('c')}`, upload('old.txt'))
    const form = new FormData()
    const requests = [drop('parents', 'p'), put('children', 'c')]
    form.append('@jsonPayload', JSON.stringify({ requests }))
    form.append('requests.1.file', new Blob(['new']), 'new.txt')

    const answer = await app.post('/api/batch', form)

    expect(statuses(answer)).toEqual([204, 200])
    const after = await app.get(`${path('children')}/${id('c')}`)
    const fileOf = ({ body }: Answer): string => (body as { file: string }).file
    const url = (name: string): string => `/api/files/children/${id('c')}/${name}`
    expect((await app.get(url(fileOf(after)))).body).toBe('new')
    expect((await app.get(url(fileOf(before)))).status).toBe(404)
    expect(statuses(await run([drop('children', 'c')]))).toEqual([204])
  })

  it('costs one more attempt, whatever the number of restored records', async ({ expect }) => {
    const { app } = await createWorld()
    const others = Array.from({ length: 9 }, (_, at) => `other${at}`)
    await app.post('/api/batch', {
      requests: others.map((name) => put('children', name, { owner: id('p') })),
    })
    const requests = [drop('parents', 'p'), ...others.map((name) => put('children', name))]

    const answer = await app.post('/api/batch', { requests })

    expect(answer.status).toBe(200)
    expect(tripsOf(answer)).toBe('3 batches, 0 reads, 0 writes')
  })
})

describe('the old password in a batch', () => {
  const next = 'the next password'
  const pass = (text: string): object => ({ password: text, passwordConfirm: text })

  it('is the one that an earlier request of it set', async ({ expect }) => {
    const { run } = await createWorld()

    const answer = await run([
      put('people', 'ann', { email: 'ann@example.com', ...pass(password) }),
      change('people', 'ann', { oldPassword: password, ...pass(next) }),
      change('people', 'ann', { oldPassword: next, ...pass(password) }),
    ])

    expect(statuses(answer)).toEqual([200, 200, 200])
  })

  it('is no longer the one before that', async ({ expect }) => {
    const { run } = await createWorld()

    const answer = await run([
      put('people', 'ann', { email: 'ann@example.com', ...pass(password) }),
      drop('people', 'ann'),
      put('people', 'ann', { email: 'ann@example.com', ...pass(next) }),
      change('people', 'ann', { oldPassword: password, ...pass('another password') }),
    ])

    expect(answer.body).toMatchObject({ data: { requests: { 3: {} } } })
  })
})
