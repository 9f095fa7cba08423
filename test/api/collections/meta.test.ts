import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/collections/meta'

describe('GET /api/collections/meta/scaffolds', () => {
  it('shows a blank collection of every type', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const { status, body } = await app.get(`${path}/scaffolds`, { token })

    const blank = { id: '', name: '', created: '', updated: '', system: false, listRule: null }
    expect(status).toBe(200)
    expect(Object.keys(body as object)).toEqual(['auth', 'base', 'view'])
    expect(body).toMatchObject({
      auth: {
        ...blank,
        authRule: '',
        manageRule: null,
        indexes: [
          expect.stringMatching(/^CREATE UNIQUE INDEX `idx_tokenKey_[a-z0-9]{10}` ON `` /),
          expect.stringMatching(/^CREATE UNIQUE INDEX `idx_email_[a-z0-9]{10}` ON `` /),
        ],
      },
      base: { ...blank, fields: [{ name: 'id' }], indexes: [] },
      view: { ...blank, fields: [], viewQuery: '' },
    })
  })
})

describe('GET /api/collections/meta/oauth2-providers', () => {
  it('lists the providers in the order of the dashboard', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const { body } = await app.get(`${path}/oauth2-providers`, { token })

    const providers = body as { name: string }[]
    expect(providers).toHaveLength(32)
    expect(providers[0]).toEqual({
      name: 'apple',
      displayName: 'Apple',
      logo: expect.stringMatching(/^<svg /),
    })
    expect(providers.slice(-3).map(({ name }) => name)).toEqual(['oidc', 'oidc2', 'oidc3'])
  })
})

describe('POST /api/collections/meta/dry-run-view', () => {
  it('returns the fields and the first records of a query, without hidden values', async ({
    expect,
  }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const secret = { name: 'secret', type: 'text', hidden: true }
    await createCollections(app, token, {
      name: 'posts',
      fields: [{ name: 'title', type: 'text' }, secret],
    })
    const [id] = await createRecords(app, token, 'posts', { title: 'one', secret: 'two' })

    const query = 'SELECT id, title, secret, count(id) AS n FROM posts GROUP BY id'
    const { status, body } = await app.post(`${path}/dry-run-view`, { query }, { token })

    expect(status).toBe(200)
    expect(body).toMatchObject({
      fields: [
        { name: 'id', type: 'text' },
        { name: 'title', type: 'text' },
        { name: 'secret', type: 'text', hidden: true },
        { name: 'n', type: 'number', onlyInt: true },
      ],
      sample: [{ id, title: 'one', n: 1, collectionName: expect.stringMatching(/^temp_view_/) }],
    })
    expect((body as { sample: object[] }).sample[0]).not.toHaveProperty('secret')
  })

  const raw = 'Invalid view query. Raw error: \n'
  const invalid = 'An error occurred while validating the submitted data.'
  const refusals = [
    {
      name: 'no query',
      query: '',
      message: invalid,
      data: { query: { code: 'validation_required' } },
    },
    {
      name: 'a long query',
      query: `SELECT '${'x'.repeat(5000)}' AS id`,
      message: invalid,
      data: { query: { code: 'validation_length_too_long' } },
    },
    {
      name: 'a query that is not a string',
      query: 5,
      message: 'An error occurred while loading the submitted data.',
      data: {},
    },
    {
      name: 'a table that is not there',
      query: 'SELECT id FROM nowhere',
      message: `${raw}SQL logic error: no such table: main.nowhere (1).`,
      data: {},
    },
    {
      name: 'more than one statement',
      query: 'SELECT 1 AS id; DELETE FROM users',
      message: `${raw}multiple statements are not supported.`,
      data: {},
    },
    {
      name: 'a way out of the parentheses',
      query: 'SELECT 1 AS id) ; DELETE FROM users; SELECT * FROM (SELECT 1',
      message: `${raw}multiple statements are not supported.`,
      data: {},
    },
    {
      name: 'an id that repeats',
      query: 'SELECT 1 AS id UNION ALL SELECT 1',
      message: `${raw}the query could return records with non-unique ids.`,
      data: {},
    },
  ]

  it.for(refusals)('refuses $name', async ({ query, message, data }, { expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.post(`${path}/dry-run-view`, { query }, { token })

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ message, data, status: 400 })
  })

  // The secrets of tokens and settings are in these.
  it.for(['_collections', '_params', '"_COLLECTIONS"', 'sqlite_master'])(
    'refuses to read %s',
    async (table, { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)

      const query = `SELECT 1 AS id, x AS y FROM ${table}`
      const answer = await app.post(`${path}/dry-run-view`, { query }, { token })

      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ message: expect.stringMatching(/prohibited/) })
    },
  )
})
