import { constants, DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import type { ReadableCollection } from '#collections/views/view-fields.ts'
import {
  analyseViewQuery,
  findIdFault,
  readsOfView,
  renameInViewQuery,
  sampleOfView,
  selectOfView,
} from '#collections/views/view-query.ts'
import { toStatement } from '#database/statement.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'

function field(name: string, type: string, options: object = {}): FieldDefinition {
  const common = { system: false, hidden: false, presentable: false }
  return { id: `${type}1`, name, type, ...common, ...options }
}

const collections: Readonly<Record<string, ReadableCollection>> = {
  posts: {
    id: 'pbc_posts',
    fields: [
      field('id', 'text', { primaryKey: true }),
      field('title', 'text', { max: 30 }),
      field('n', 'number'),
      field('tags', 'select', { maxSelect: 3 }),
      field('author', 'relation', { collectionId: 'pbc_users' }),
    ],
  },
  users: {
    id: 'pbc_users',
    fields: [
      field('id', 'text'),
      field('name', 'text'),
      field('tokenKey', 'text', { hidden: true }),
    ],
  },
}

const analyse = (query: string) =>
  analyseViewQuery(query, (name) => collections[name.toLowerCase()])

function fieldsOf(query: string) {
  const analysis = analyse(query)
  if ('fault' in analysis) throw new Error(analysis.fault)
  return analysis.fields
}

function createDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true })
  db.exec(`
    CREATE TABLE posts (id TEXT PRIMARY KEY, title TEXT, n NUMERIC, tags JSON, author TEXT);
    CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, tokenKey TEXT);
    CREATE TABLE _params (id TEXT PRIMARY KEY, value TEXT);
    INSERT INTO posts VALUES ('p1', 'one', 1, '["a"]', 'u1'), ('p2', 'two', 2, '[]', 'u1');
    INSERT INTO users VALUES ('u1', 'Ann', 'key');`)
  return db
}

describe('analyseViewQuery', () => {
  it.for([
    { column: 'count(*) AS x', expected: { type: 'number', onlyInt: true } },
    { column: 'COUNT (n) x', expected: { type: 'number', onlyInt: true } },
    { column: 'total(n) AS x', expected: { type: 'number' } },
    { column: 'CAST(n AS real) AS x', expected: { type: 'number' } },
    { column: 'cast ( n + 1 as DECIMAL ) AS x', expected: { type: 'number' } },
    { column: 'cast(n as numeric) AS x', expected: { type: 'number' } },
    { column: 'cast(n as int) AS x', expected: { type: 'number', onlyInt: true } },
    { column: "cast('(' as Integer) AS x", expected: { type: 'number', onlyInt: true } },
    { column: 'cast(n\nas text) AS x', expected: { type: 'text' } },
    { column: 'cast(n as bool) AS x', expected: { type: 'bool' } },
    { column: 'cast(n as boolean) AS x', expected: { type: 'bool' } },
    { column: 'cast(n as varchar(10)) AS x', expected: { type: 'json', maxSize: 1 } },
    { column: 'cast(n as int) || cast(n as text) AS x', expected: { type: 'json', maxSize: 1 } },
    { column: 'sum(n) AS x', expected: { type: 'json', maxSize: 1 } },
    { column: 'n + 1 AS x', expected: { type: 'json', maxSize: 1 } },
    { column: '(title) AS x', expected: { type: 'json', maxSize: 1 } },
    { column: "'title' AS x", expected: { type: 'json', maxSize: 1 } },
    { column: 'row_number() OVER (ORDER BY n) AS x', expected: { type: 'json', maxSize: 1 } },
    { column: '(SELECT max(id) FROM users) AS x', expected: { type: 'json', maxSize: 1 } },
    {
      column: 'posts.id AS x',
      expected: { type: 'relation', collectionId: 'pbc_posts', maxSelect: 1 },
    },
  ])('makes of $column the field that PocketBase makes', ({ column, expected }, { expect }) => {
    const fields = fieldsOf(`SELECT id, ${column} FROM posts`)

    expect(fields[1]).toEqual({ name: 'x', ...expected })
  })

  it('numbers columns of the same name, and names those without one by their text', ({
    expect,
  }) => {
    const fields = fieldsOf('SELECT id, title t1, n T1, count(*) FROM posts')

    expect(fields.map(({ name }) => name)).toEqual(['id', 't1', 'T1:1', 'count(*)'])
  })

  it('gives the id the options of a primary key, whatever its expression', ({ expect }) => {
    expect(fieldsOf('SELECT (ROW_NUMBER() OVER()) as id')).toEqual([
      {
        name: 'id',
        type: 'text',
        system: true,
        required: true,
        primaryKey: true,
        pattern: '^[a-z0-9]+$',
      },
    ])
  })

  it.for([
    { name: 'a bare column of the first table', query: 'SELECT id, title AS x FROM posts' },
    { name: 'a column in other case', query: 'SELECT id, TITLE AS x FROM posts' },
    { name: 'a qualified column', query: 'SELECT posts.id, posts.title x FROM users u, posts' },
    { name: 'a column by an alias', query: 'SELECT p.id, p.title AS x FROM users JOIN posts AS p' },
    { name: 'quoted names', query: 'SELECT `p`.[id], "p"."title" AS \'x\' FROM [posts] `p`' },
    { name: 'a table with its schema', query: 'SELECT id, title AS x FROM main.posts' },
    {
      name: 'a column beside common tables',
      query: 'WITH c AS (SELECT id FROM users) SELECT posts.id, posts.title AS x FROM posts JOIN c',
    },
  ])('clones the field of $name under a new id', ({ query }, { expect }) => {
    const clone = fieldsOf(query)[1]

    expect(clone).toEqual(
      field('x', 'text', { id: expect.stringMatching(/^_clone_\w{4}$/), max: 30 }),
    )
  })

  it('keeps a cloned field hidden', ({ expect }) => {
    const fields = fieldsOf('SELECT id, tokenKey AS shown FROM users')

    expect(fields[1]).toMatchObject({ name: 'shown', hidden: true })
  })

  it.for([
    { name: 'of another table than the first', query: 'SELECT users.id, title FROM users, posts' },
    { name: 'of a subselect', query: 'SELECT id, title FROM (SELECT id, title FROM posts)' },
    { name: 'of an unknown table', query: 'SELECT id, title FROM nowhere' },
    { name: 'of no collection', query: 'SELECT id, rowid AS title FROM posts' },
    {
      name: 'of a common table that hides a collection',
      query: "WITH posts AS (SELECT 1 AS id, 'x' AS title) SELECT id, title FROM posts",
    },
    {
      name: 'of a compound',
      query: 'SELECT id, title FROM posts UNION SELECT id, name FROM users',
    },
  ])('makes a bare column $name JSON', ({ query }, { expect }) => {
    expect(fieldsOf(query)[1]).toEqual({ name: 'title', type: 'json', maxSize: 1 })
  })

  it.for([
    {
      name: 'a missing id',
      query: 'SELECT title FROM posts',
      fault:
        "missing required id column (you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)",
    },
    {
      name: 'an id in other case',
      query: 'SELECT ID FROM posts',
      fault:
        "missing required id column (you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)",
    },
    {
      name: 'a wildcard',
      query: 'SELECT * FROM posts',
      fault:
        'wildcard columns (*) are not supported - manually type the collection field names you want the view query to have',
    },
    {
      name: 'a qualified wildcard',
      query: 'SELECT id, p.* FROM posts p',
      fault:
        'wildcard columns (*) are not supported - manually type the collection field names you want the view query to have',
    },
    {
      name: 'two statements',
      query: 'SELECT id FROM posts; SELECT 1',
      fault: 'multiple statements are not supported',
    },
    {
      name: 'a parameter',
      query: 'SELECT id, ?1 AS x FROM posts',
      fault: 'parameters are not allowed in views',
    },
  ])("refuses $name in PocketBase's words", ({ query, fault }, { expect }) => {
    expect(analyse(query)).toEqual({ fault })
  })

  it.for([
    'DELETE FROM posts',
    'WITH x AS (SELECT 1) DELETE FROM posts RETURNING id',
    'WITH x AS (SELECT 1) INSERT INTO posts SELECT * FROM x',
    '/* SELECT */ UPDATE posts SET n = 1 RETURNING id',
    'REPLACE INTO posts (id) VALUES (1) RETURNING id',
    'PRAGMA table_info(posts)',
    "ATTACH 'x' AS y",
    'EXPLAIN SELECT 1 AS id',
    'VALUES (1)',
    'SELECT 1 AS id) UNION SELECT value FROM (SELECT 2 AS value',
    'SELECT 1 AS id /*',
    "SELECT 'x AS id",
    'SELECT (1 AS id',
    'SELECT',
    'SELECT id, FROM posts',
    'SELECT 1 AS id \0 FROM posts',
    '',
    ' ; -- nothing',
    "SELECT load_extension('x') AS id",
    'SELECT "Load_Extension" (1) AS id',
  ])('refuses %j', (query, { expect }) => {
    expect(analyse(query)).toEqual({ fault: expect.any(String) })
  })

  // These tables hold the deployment's secrets in plain text.
  it.for([
    'SELECT id, value FROM _params',
    'SELECT id, value FROM `_params`',
    'SELECT id, value FROM "_PARAMS" AS p',
    'SELECT id, value FROM [_params]',
    "SELECT id, value FROM '_params'",
    "SELECT id, value FROM main.'_params'",
    "SELECT id, value FROM ('_params')",
    "SELECT posts.id, value FROM posts, '_params'",
    "SELECT id FROM posts WHERE id IN '_collections'",
    'SELECT id, (SELECT options FROM/**/_collections) AS o FROM posts',
    'WITH x AS (SELECT tokenKey AS id FROM _session_overrides) SELECT id FROM x',
    'SELECT key AS id FROM _attempts',
    'SELECT key AS id FROM _cf_METADATA',
    'SELECT name AS id FROM sqlite_master',
    'SELECT sample AS id FROM sqlite_stat4',
    "SELECT name AS id FROM pragma_table_info('posts')",
    'SELECT name AS id FROM dbstat',
  ])('keeps closed what is not for views: %s', (query, { expect }) => {
    expect(analyse(query)).toEqual({ fault: expect.stringMatching(/^access to .+ is prohibited$/) })
  })

  it.for([
    "SELECT id, '; DROP TABLE posts' AS x FROM posts",
    "SELECT id, 'delete from _params' AS x FROM posts WHERE title = '_params'",
    'SELECT id, title AS "select" FROM posts -- ; pragma_x',
    'SELECT id, title /* _params ; */ FROM posts',
    "SELECT id, replace(title, 'a', 'b') AS title FROM posts",
    '\n ;SELECT id FROM posts ;; ',
  ])('takes no text for what it only looks like: %j', (query, { expect }) => {
    expect(analyse(query)).not.toHaveProperty('fault')
  })

  it('names the tables and views it reads', ({ expect }) => {
    const analysis = analyse(
      'WITH c AS (SELECT id FROM Users) SELECT p.id FROM posts p, c WHERE p.id IN (SELECT id FROM tags)',
    )

    expect(analysis).toHaveProperty('reads', new Set(['posts', 'users', 'tags']))
  })

  // Whatever a superuser writes, the result only reads open tables.
  it('rejects every query that writes or reads a closed table', ({ expect }) => {
    const names = fc.constantFrom('posts', 'x', '_params', "'_params'", '`_params`', '[_params]')
    const pieces = fc.oneof(
      names,
      fc.constantFrom('(', ')', "'", '"', '`', '--', '\n', '/*', '*/', ';', ', ', '.', 'main.'),
      fc.constantFrom(' UNION SELECT id FROM ', ' WHERE id IN ', ' JOIN ', ' AS y', ' AS id'),
      fc.constantFrom('(SELECT value FROM ', 'DELETE FROM posts', ' RETURNING id', ' OR 1'),
    )
    const noise = fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join(''))
    const starts = fc.constantFrom('', 'WITH x AS (SELECT id FROM posts) ', 'WITH x AS (')
    const queries = fc
      .tuple(starts, noise, names, noise)
      .map(([start, column, table, end]) => `${start}SELECT id${column} FROM ${table}${end}`)
    const db = createDatabase()
    const denied: string[] = []
    db.setAuthorizer((action, table) => {
      const isReading =
        [constants.SQLITE_SELECT, constants.SQLITE_FUNCTION].includes(action) ||
        (action === constants.SQLITE_READ && table !== '_params')
      if (!isReading) denied.push(`${action} ${table}`)
      return constants.SQLITE_OK
    })

    fc.assert(
      fc.property(queries, (query) => {
        if ('fault' in analyse(query)) return
        try {
          db.prepare(toStatement(sampleOfView(query)).sql)
        } catch {
          // A query rejected by the database does no harm.
        }
        expect(denied, query).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })
})

describe('selectOfView', () => {
  it.for([
    'SELECT id, title FROM posts',
    'SELECT p.id FROM users JOIN posts p',
    'SELECT cast(n AS TEXT) AS id FROM posts',
    'SELECT id FROM (SELECT id FROM posts)',
    'WITH a(x) AS (SELECT id FROM posts), b AS (SELECT x AS y FROM a) SELECT y AS id FROM b',
    'SELECT id FROM posts UNION SELECT id FROM users',
  ])('leaves %s as it is: its id is text', (query, { expect }) => {
    expect(selectOfView(`${query} ;`)).toBe(query)
  })

  it.for([
    'SELECT (ROW_NUMBER() OVER()) AS id, n FROM posts -- x',
    'SELECT n AS id, title FROM posts',
    'SELECT max(id) AS id, n FROM posts',
    'SELECT id, n FROM (SELECT n AS id, n FROM posts)',
    'WITH a(x, id) AS (SELECT id, n FROM posts) SELECT id, x FROM a',
    'SELECT id, n FROM posts UNION SELECT n, n FROM posts',
    'WITH RECURSIVE t AS (SELECT 1 AS id, 2 AS n UNION ALL SELECT id + 1, n FROM t WHERE id < 3) SELECT id, n FROM t',
  ])('makes the id text in %s', (query, { expect }) => {
    const rows = createDatabase().prepare(selectOfView(query)).all()

    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map((row) => typeof row['id']))).toEqual(new Set(['string']))
  })
})

describe('sampleOfView', () => {
  it('returns the columns that became fields', ({ expect }) => {
    const { sql } = toStatement(sampleOfView('SELECT p.n AS id, p.TITLE, "tags" t FROM posts p;'))

    expect(createDatabase().prepare(sql).all()).toEqual([
      { id: '1', TITLE: 'one', t: '["a"]' },
      { id: '2', TITLE: 'two', t: '[]' },
    ])
  })
})

describe('findIdFault', () => {
  const invalid = 'the query could return records with empty or invalid ids'

  it.for([
    { ids: [], fault: undefined },
    { ids: ['a', 'b'], fault: undefined },
    { ids: ['a', ''], fault: invalid },
    { ids: [null], fault: invalid },
    { ids: ['a', 'b', 'a'], fault: 'the query could return records with non-unique ids' },
  ])('says $fault of $ids', ({ ids, fault }, { expect }) => {
    expect(findIdFault(ids.map((id) => ({ id })))).toBe(fault)
  })
})

describe('renameInViewQuery', () => {
  it.for([
    {
      query: 'SELECT id, posts.title FROM posts WHERE posts.n > 1',
      expected: 'SELECT id, posts.title FROM `articles` AS posts WHERE posts.n > 1',
    },
    {
      query: "SELECT p.id FROM main.Posts p JOIN 'posts' WHERE n IN posts",
      expected:
        "SELECT p.id FROM main.`articles` p JOIN `articles` AS 'posts' WHERE n IN `articles`",
    },
    {
      query: "WITH posts AS (SELECT id FROM users) SELECT id, 'posts' AS x FROM posts -- posts",
      expected: "WITH posts AS (SELECT id FROM users) SELECT id, 'posts' AS x FROM posts -- posts",
    },
  ])('follows the table in $query', ({ query, expected }, { expect }) => {
    expect(renameInViewQuery(query, 'posts', 'articles')).toBe(expected)
  })

  it('returns a query that reads the renamed table', ({ expect }) => {
    const query = 'SELECT posts.id, (SELECT max(n) FROM posts) AS m FROM posts'

    const renamed = renameInViewQuery(query, 'posts', 'articles')

    expect(readsOfView(renamed)).toEqual(new Set(['articles']))
  })
})
