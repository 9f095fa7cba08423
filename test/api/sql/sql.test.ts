import { describe, it } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

interface World {
  readonly app: TestApp
  readonly superuser: SignedIn
  run(query: string): Promise<Answer>
}

async function prepare(): Promise<World> {
  const app = createTestApp()
  const superuser = await signInSuperuser(app)
  await bindings.DB.batch([
    bindings.DB.prepare('CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER, x, b BLOB)'),
    bindings.DB.prepare(`INSERT INTO t VALUES ('a', 1, 1.5, x'6869'), ('b', NULL, 'y', NULL)`),
  ])
  return { app, superuser, run: (query) => app.post('/api/sql', { query }, superuser) }
}

// An export makes paths of these ids, and a restore and a clean-up make keys.
describe('the id of a collection', () => {
  it.for([
    `'../../config'`,
    `'..'`,
    `'a/b'`,
    `'a\\b'`,
    `'@backups'`,
    `'C:a'`,
    `''`,
    `'é'`,
    `'a' || char(0) || '/../b'`,
    `char(0)`,
    `x'2e2e2f'`,
    `replace(hex(zeroblob(101)), '00', 'a')`,
  ])('cannot become %s', async (id, { expect }) => {
    const { run } = await prepare()

    const changed = await run(`UPDATE _collections SET id = ${id} WHERE name = 'users'`)
    const added = await run(`INSERT INTO _collections (id, name) VALUES (${id}, 'hostile')`)

    expect([changed.status, added.status]).toEqual([400, 400])
    expect(changed.body).toMatchObject({ message: expect.stringContaining('letters, digits') })
  })
})

describe('SQL that reads', () => {
  it.for([
    {
      name: 'rows, every value as text or null',
      query: 'SELECT * FROM t ORDER BY id DESC;',
      columns: ['id TEXT', 'n INTEGER', 'x ', 'b BLOB'],
      rows: [
        ['b', null, 'y', null],
        ['a', '1', '1.5', 'hi'],
      ],
    },
    {
      name: 'columns of one name',
      query: 'SELECT a.id, b.id, a.n AS id, count(*) FROM t a JOIN t b ON a.id < b.id -- end',
      columns: ['id TEXT', 'id TEXT', 'id INTEGER', 'count(*) '],
      rows: [['a', 'b', '1', '1']],
    },
    {
      name: 'common tables',
      query: 'WITH c AS (SELECT 1 AS one) SELECT one FROM c',
      columns: ['one '],
      rows: [['1']],
    },
    {
      name: 'no row',
      query: 'SELECT id FROM t WHERE FALSE',
      columns: ['id TEXT'],
      rows: [],
    },
  ])('gives $name', async ({ query, columns, rows }, { expect }) => {
    const { run } = await prepare()

    const { status, body } = await run(query)

    expect(status).toBe(200)
    expect(body).toEqual({
      execTime: expect.any(Number),
      affectedRows: 0,
      columns: columns.map((column) => {
        const [, name, type] = /^(.*) (\w*)$/.exec(column) ?? []
        return { name, type, nullable: true }
      }),
      rows,
    })
  })

  it('returns at most a thousand rows', async ({ expect }) => {
    const { run } = await prepare()

    const { body } = await run(
      'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1500) SELECT n FROM c',
    )

    expect((body as { rows: unknown[] }).rows.length).toBe(1000)
  })

  it('lists tables, except the platform’s', async ({ expect }) => {
    const { run } = await prepare()

    const columns = await run('PRAGMA table_info(t)')
    const tables = await run('SELECT name FROM sqlite_master')

    expect((columns.body as { rows: unknown[] }).rows.length).toBe(4)
    expect(JSON.stringify(tables.body)).toContain('"users"')
    expect(JSON.stringify(tables.body)).not.toMatch(/_cf_/i)
  })
})

describe('values that look like tables of the platform', () => {
  it('are returned, because they are user data', async ({ expect }) => {
    const { run } = await prepare()
    await bindings.DB.prepare(`INSERT INTO t (id, x) VALUES ('c', '_cf_mine')`).run()

    const { body } = await run(`SELECT x FROM t WHERE id = 'c'`)

    expect((body as { rows: unknown[] }).rows).toEqual([['_cf_mine']])
  })
})

describe('tables of the platform', () => {
  it.for([
    'SELECT name FROM "SQLITE_SCHEMA"',
    'SELECT * FROM (SELECT name FROM main.sqlite_master)',
    'SELECT name FROM pragma_table_list',
    'PRAGMA table_list',
  ])('are not told of by %s', async (query, { expect }) => {
    const { run } = await prepare()

    const { status, body } = await run(query)

    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('"users"')
    expect(JSON.stringify(body)).not.toMatch(/_cf_/i)
  })
})

describe('SQL that writes', () => {
  it.for([
    { query: `INSERT INTO t (id) VALUES ('c'), ('d')`, affectedRows: 2 },
    { query: `UPDATE t SET n = 5 WHERE id = 'a' RETURNING id`, affectedRows: 1 },
    { query: 'DELETE FROM t', affectedRows: 2 },
    { query: 'CREATE TABLE other (id)', affectedRows: 0 },
  ])('$query', async ({ query, affectedRows }, { expect }) => {
    const { run } = await prepare()

    const { status, body } = await run(query)

    expect(status).toBe(200)
    expect(body).toEqual({ execTime: expect.any(Number), affectedRows, columns: [], rows: [] })
  })
})

describe('SQL that is refused', () => {
  it.for([
    { query: 'SELECT * FROM none', words: 'no such table: none' },
    { query: `INSERT INTO t (id) VALUES ('a')`, words: 'UNIQUE constraint failed: t.id' },
    { query: 'PRAGMA case_sensitive_like = 1', words: 'not authorized' },
    { query: 'EXPLAIN PRAGMA ignore_check_constraints = 1', words: 'not authorized' },
    { query: 'EXPLAIN QUERY PLAN PRAGMA case_sensitive_like(1)', words: 'not authorized' },
    { query: 'DROP VIEW "_abort"', words: 'not authorized' },
    {
      query: 'CREATE TRIGGER a INSTEAD OF INSERT ON _abort BEGIN SELECT RAISE(IGNORE); END',
      words: 'not authorized',
    },
    {
      query: 'CREATE TRIGGER a BEFORE INSERT ON _attempts BEGIN SELECT RAISE(IGNORE); END',
      words: 'not authorized',
    },
    { query: 'DROP TABLE _catalog_revision', words: 'not authorized' },
    { query: 'CREATE TABLE "staging:x" (id)', words: 'not authorized' },
    { query: 'SELECT 1; DELETE FROM t', words: 'only one statement' },
    { query: 'SELECT * FROM _cf_METADATA', words: 'no such table' },
    { query: 'SELECT ?', words: 'missing argument' },
    { query: 'SELECT :name', words: 'missing argument' },
  ])('$query', async ({ query, words }, { expect }) => {
    const { run } = await prepare()

    const { status, body } = await run(query)

    const { message, data } = body as { message: string; data: unknown }
    expect([status, data]).toEqual([400, {}])
    expect(message.startsWith('Failed to execute query. Raw error:\n')).toBe(true)
    expect(message).toContain(words)
    const count = await bindings.DB.prepare('SELECT count(*) AS n FROM t').first('n')
    expect(count).toBe(2)
  })

  it.for([
    { query: '', code: 'validation_required' },
    { query: `SELECT '${'x'.repeat(5000)}'`, code: 'validation_length_too_long' },
  ])('says what is wrong with the form: $code', async ({ query, code }, { expect }) => {
    const { run } = await prepare()

    const { status, body } = await run(query)

    expect(status).toBe(400)
    expect(body).toMatchObject({
      message: 'An error occurred while validating the submitted data.',
      data: { query: { code } },
    })
  })

  it('includes all SQL of callers other than superusers', async ({ expect }) => {
    const { app } = await prepare()
    const user = await signUp(app, 'ada@example.com')
    const body = { query: 'DELETE FROM t' }

    expect((await app.post('/api/sql', body)).status).toBe(401)
    expect((await app.post('/api/sql', body, user)).status).toBe(403)
    expect(await bindings.DB.prepare('SELECT count(*) AS n FROM t').first('n')).toBe(2)
  })
})
