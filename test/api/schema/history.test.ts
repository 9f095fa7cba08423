import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

interface Entry {
  readonly id: number
  readonly source: string
  readonly actor: unknown
  readonly revision: number
  readonly changes: readonly Readonly<Record<string, unknown>>[]
  readonly definitions: readonly {
    readonly before: Readonly<Record<string, unknown>> | null
    readonly after: Readonly<Record<string, unknown>> | null
  }[]
}

async function start(): Promise<{ app: TestApp; token: string; id: string }> {
  const app = createTestApp()
  const { token, id } = await signInSuperuser(app)
  return { app, token, id }
}

/** The history, the oldest first, each with its definitions. */
async function historyOf(app: TestApp, token: string): Promise<Entry[]> {
  const { body } = await app.get('/api/schema/history?perPage=100', { token })
  const { items } = body as { items: readonly Entry[] }
  const entries: Entry[] = []
  for (const { id } of items.toReversed()) {
    const entry = await app.get(`/api/schema/history/${id}`, { token })
    entries.push(entry.body as Entry)
  }
  return entries
}

const posts = {
  name: 'posts',
  type: 'base',
  listRule: '',
  fields: [{ type: 'text', name: 'title' }],
}

describe('the history of definitions', () => {
  it('has an entry for each save, with the definitions before and after', async ({ expect }) => {
    const { app, token, id } = await start()

    await app.post('/api/collections', posts, { token })
    await app.patch('/api/collections/posts', { listRule: null }, { token })
    await app.request('PUT', '/api/collections/import', {
      token,
      body: { collections: [{ name: 'tags', type: 'base' }] },
    })
    await app.delete('/api/collections/posts', { token })

    const entries = await historyOf(app, token)
    expect(entries.map(({ source }) => source)).toEqual([
      'dashboard',
      'dashboard',
      'import',
      'dashboard',
    ])
    expect(entries.map(({ changes }) => changes.map(({ kind }) => kind))).toEqual([
      ['collection.create', 'rules'],
      ['rules'],
      ['collection.create'],
      ['collection.drop'],
    ])
    expect(entries[1]?.changes).toEqual([
      {
        kind: 'rules',
        collection: 'posts',
        rule: 'listRule',
        from: '',
        to: null,
        access: 'closes',
      },
    ])
    expect(entries[1]?.definitions).toMatchObject([
      { before: { name: 'posts', listRule: '' }, after: { name: 'posts', listRule: null } },
    ])
    expect(entries[3]?.definitions).toMatchObject([{ before: { name: 'posts' }, after: null }])
    expect(entries[0]?.actor).toEqual({ collection: '_superusers', id })
    const { body } = await app.post('/api/schema/plan', { collections: [] }, { token })
    expect(entries[3]?.revision).toBe((body as { revision: number }).revision)
  })

  it('names the views that a change carries along', async ({ expect }) => {
    const { app, token } = await start()
    await app.post('/api/collections', posts, { token })
    const view = { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' }
    await app.post('/api/collections', view, { token })

    await app.patch('/api/collections/posts', { name: 'articles' }, { token })

    const entry = (await historyOf(app, token)).at(-1)
    expect(entry?.changes).toMatchObject([
      { kind: 'collection.rename', from: 'posts', to: 'articles' },
      { kind: 'options', collection: 'titles', option: 'viewQuery' },
    ])
  })

  it('has no entry for a save that fails or changes nothing', async ({ expect }) => {
    const { app, token } = await start()
    await app.post('/api/collections', posts, { token })

    await app.post('/api/collections', posts, { token })
    await app.patch('/api/collections/posts', { listRule: 'nonsense = 1' }, { token })
    await app.patch('/api/collections/posts', { listRule: '' }, { token })
    await app.delete('/api/collections/missing', { token })
    await app.request('DELETE', '/api/collections/posts/truncate', { token })

    expect(await historyOf(app, token)).toHaveLength(1)
  })

  it('never contains a secret', async ({ expect }) => {
    const { app, token } = await start()
    const provider = { name: 'google', clientId: 'id', clientSecret: 'the-client-secret' }
    await app.patch(
      '/api/collections/users',
      { oauth2: { enabled: true, providers: [provider] }, authToken: { secret: 's'.repeat(40) } },
      { token },
    )
    await app.patch(
      '/api/collections/users',
      { passwordResetToken: { secret: 't'.repeat(40) } },
      { token },
    )

    const rows = [
      await bindings.DB.prepare('SELECT * FROM "_schema_history"').all(),
      await bindings.DB.prepare('SELECT * FROM "_schema_changes"').all(),
    ]
    const text = JSON.stringify([rows, await historyOf(app, token)])

    expect(text).toContain('google')
    expect(text).not.toMatch(/the-client-secret|s{40}|t{40}/)
    const secrets = await bindings.DB.prepare(
      `SELECT "options" ->> '$.authToken.secret' AS "secret" FROM "_collections" WHERE "type" = 'auth'`,
    ).all()
    for (const { secret } of secrets.results) expect(text).not.toContain(String(secret))
    expect((await historyOf(app, token)).at(-1)?.changes).toEqual([
      { kind: 'secrets', collection: 'users' },
    ])
  })

  it('keeps the newest 500 entries', async ({ expect }) => {
    const { app, token } = await start()
    await app.post('/api/collections', posts, { token })
    await bindings.DB.prepare(
      `INSERT INTO "_schema_history" ("at", "source", "revision", "changes")
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
       SELECT '', 'import', 1, '[]' FROM n`,
    ).run()
    const first = (await historyOf(app, token))[0]

    await app.patch('/api/collections/posts', { listRule: null }, { token })

    const { body } = await app.get('/api/schema/history?perPage=1', { token })
    expect(body).toMatchObject({ totalItems: 500 })
    const gone = await app.get(`/api/schema/history/1`, { token })
    expect(gone.status).toBe(404)
    expect(first?.id).toBeGreaterThan(1)
    const rest = await bindings.DB.prepare(
      'SELECT count(*) AS "n" FROM "_schema_changes" WHERE "entry" = 1',
    ).first()
    expect(rest).toEqual({ n: 0 })
  })

  it.for(['plan', 'apply'])('refuses others than superusers to %s', async (action, { expect }) => {
    const { app } = await start()
    const user = await signUp(app, 'user@example.com')

    const answers = await Promise.all([
      app.post(`/api/schema/${action}`, { collections: [] }),
      app.post(`/api/schema/${action}`, { collections: [] }, { token: user.token }),
      app.get('/api/schema/history'),
      app.get('/api/schema/history/1', { token: user.token }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 401, 403])
  })

  it('cannot be changed by SQL', async ({ expect }) => {
    const { app, token } = await start()

    const answers = await Promise.all(
      ['_schema_history', '_SCHEMA_CHANGES', '_schema_base'].map((table) =>
        app.post('/api/sql', { query: `DELETE FROM ${table}` }, { token }),
      ),
    )

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
  })
})
