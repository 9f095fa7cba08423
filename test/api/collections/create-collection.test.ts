import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createRecords } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'
import { schemaOf } from '../../support/schema.ts'

const path = '/api/collections'

describe('POST /api/collections', () => {
  it('creates a collection, with keys in PocketBase’s order', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.post(
      path,
      { name: 'posts', listRule: 'title != ""', fields: [{ name: 'title', type: 'text' }] },
      { token },
    )

    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body as object)).toEqual([
      'id',
      'listRule',
      'viewRule',
      'createRule',
      'updateRule',
      'deleteRule',
      'name',
      'type',
      'fields',
      'indexes',
      'created',
      'updated',
      'system',
    ])
    expect(answer.body).toMatchObject({
      id: 'pbc_1125843985',
      name: 'posts',
      type: 'base',
      system: false,
      listRule: 'title != ""',
      createRule: null,
      fields: [{ name: 'id' }, { id: 'text724990059', name: 'title' }],
      indexes: [],
    })
  })

  it('creates an auth collection whose accounts can sign in', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const made = await app.post(path, { name: 'staff', type: 'auth' }, { token })
    await createRecords(app, token, 'staff', {
      email: 'a@example.com',
      password: 'correct-horse-battery',
      passwordConfirm: 'correct-horse-battery',
    })
    const signedIn = await app.post(`${path}/staff/auth-with-password`, {
      identity: 'a@example.com',
      password: 'correct-horse-battery',
    })

    expect(made.body).toMatchObject({ type: 'auth', authRule: '', authToken: { duration: 432000 } })
    expect(signedIn.status).toBe(200)
  })

  it('creates a view that shows records', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.post(path, { name: 'posts', fields: [{ name: 'title', type: 'text' }] }, { token })
    const [id] = await createRecords(app, token, 'posts', { title: 'one' })

    const viewQuery = 'SELECT id, title, count(id) AS total FROM posts GROUP BY id'
    const made = await app.post(path, { name: 'titles', type: 'view', viewQuery }, { token })
    const list = await app.get(`${path}/titles/records`, { token })

    expect(made.body).toMatchObject({
      type: 'view',
      viewQuery,
      fields: [
        { name: 'id', type: 'text' },
        { name: 'title', type: 'text' },
        { name: 'total', type: 'number' },
      ],
    })
    expect(list.body).toMatchObject({ items: [{ id, title: 'one', total: 1 }] })
  })

  it('uses the next id if the default one is taken', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const first = await app.post(path, { name: 'posts' }, { token })
    await app.patch(`${path}/posts`, { name: 'articles' }, { token })

    const second = await app.post(path, { name: 'posts' }, { token })

    expect((second.body as { id: string }).id).toBe(`${(first.body as { id: string }).id}2`)
  })

  const refusals = [
    {
      name: 'a name of another JSON type',
      body: { name: 5 },
      message: 'Failed to load the collection type data due to invalid formatting.',
      data: {},
    },
    {
      name: 'a body that is no JSON',
      body: '{',
      message: 'Failed to load the collection type data due to invalid formatting.',
      data: {},
    },
    {
      name: 'a field of no known type',
      body: { name: 'x', fields: [{ name: 'a', type: 'table' }] },
      message: 'Failed to load the submitted data due to invalid formatting.',
      data: {},
    },
    {
      name: 'invalid values',
      body: { name: 'users', listRule: 'a =' },
      message: 'Failed to create collection.',
      data: {
        listRule: { code: 'validation_invalid_rule' },
        name: { code: 'validation_collection_name_exists' },
      },
    },
    {
      name: 'a view on a missing table',
      body: { name: 'x', type: 'view', viewQuery: 'SELECT id FROM nowhere' },
      message: 'Failed to create collection.',
      data: {
        viewQuery: {
          code: 'validation_invalid_view_query',
          message: 'Invalid query - SQL logic error: no such table: main.nowhere (1).',
        },
      },
    },
    {
      name: 'a view with a column whose name is invalid for a field',
      body: { name: 'x', type: 'view', viewQuery: 'SELECT id, email AS expand FROM users' },
      message: 'Failed to create collection.',
      data: {
        fields: { 1: { name: { code: 'validation_not_in_invalid' } } },
        viewQuery: { code: 'validation_invalid_view_query' },
      },
    },
    {
      name: 'a view whose records have no ids',
      body: { name: 'x', type: 'view', viewQuery: "SELECT '' AS id" },
      message: 'Failed to create collection.',
      data: { viewQuery: { code: 'validation_invalid_view_query' } },
    },
    {
      name: 'indexes on missing columns',
      body: {
        name: 'x',
        indexes: [
          'CREATE INDEX a ON x (one)',
          'CREATE INDEX b ON x (id)',
          'CREATE INDEX c ON x (two)',
        ],
      },
      message: 'Failed to create collection.',
      data: {
        indexes: {
          0: {
            code: 'validation_invalid_index_expression',
            message: 'Failed to create index a - SQL logic error: no such column: one (1).',
          },
          2: {
            code: 'validation_invalid_index_expression',
            message: 'Failed to create index c - SQL logic error: no such column: two (1).',
          },
        },
      },
    },
  ]

  it.for(refusals)(
    'refuses $name, and leaves nothing behind',
    async ({ body, message, data }, { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)
      const before = await schemaOf(bindings.DB)

      const answer = await app.post(path, body, { token })

      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ message, data, status: 400 })
      expect(await schemaOf(bindings.DB)).toEqual(before)
    },
  )
})
