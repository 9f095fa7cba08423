import { constants, DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { outlineSelect } from '#collections/views/outline-select.ts'
import { type SelectStatement, tableReferences } from '#collections/views/select-statement.ts'
import { tokenizeSql } from '#kernel/sql-tokens.ts'

const statements: readonly string[] = [
  'SELECT id, title FROM posts',
  'select p.id, p."title" as t, p.id other from posts as p',
  'SELECT `id`, [n], "title" AS `t t`, title \'q\' FROM `posts`',
  'SELECT DISTINCT id, n FROM posts WHERE n IS NOT DISTINCT FROM 5',
  'SELECT id, n IS DISTINCT FROM title AS d FROM posts',
  'SELECT ALL id FROM main.posts ORDER BY id LIMIT 3 OFFSET 1',
  "SELECT id, 'a from users, b' AS x FROM posts -- from users",
  'SELECT id /* from users */, title FROM posts',
  'SELECT posts.id, u.name FROM posts LEFT OUTER JOIN users AS u ON u.id = posts.author',
  'SELECT posts.id, name FROM posts NATURAL JOIN users',
  'SELECT posts.id FROM posts CROSS JOIN users u, tags',
  'SELECT posts.id, title FROM posts INNER JOIN users u USING (id) JOIN tags t ON t.id = u.id, tags s',
  'SELECT p.id FROM (posts p JOIN users u ON u.id = p.author)',
  'SELECT p.id FROM (SELECT id, (SELECT max(id) FROM tags) AS m FROM posts) AS p',
  'SELECT id, EXISTS (SELECT 1 FROM users WHERE users.id = posts.author) AS known FROM posts',
  'SELECT id, author IN (SELECT id FROM users) AS known FROM posts',
  'SELECT id FROM posts WHERE author IN tags',
  'SELECT id FROM posts WHERE author NOT IN (SELECT id FROM users) AND n IN (1, 2)',
  'SELECT p.id, j.value FROM posts p, json_each(p.title, (SELECT id FROM users)) j',
  'WITH x AS (SELECT id FROM posts), y(a) AS MATERIALIZED (SELECT id FROM users) SELECT id FROM x JOIN y',
  'WITH posts AS (SELECT id FROM users) SELECT id FROM posts',
  'SELECT id FROM posts WHERE id IN (WITH posts AS (SELECT id FROM users) SELECT id FROM posts)',
  'WITH RECURSIVE t(id, n) AS (VALUES (1, 2) UNION ALL SELECT id + 1, n FROM t WHERE id < 3) SELECT t.id, t.n FROM t, posts',
  'SELECT id, title FROM posts UNION ALL SELECT id, name FROM users UNION SELECT id, id FROM tags ORDER BY 1',
  'SELECT id FROM posts EXCEPT SELECT id FROM users INTERSECT SELECT id FROM tags',
  'SELECT id FROM posts ORDER BY (SELECT count(*) FROM users WHERE users.id = posts.id)',
  'SELECT id, count(*) c, total(n) AS t FROM posts GROUP BY id HAVING c > (SELECT count(id) FROM users)',
  'SELECT (ROW_NUMBER() OVER (PARTITION BY title ORDER BY n)) id, lag(n) OVER w AS w FROM posts WINDOW w AS (ORDER BY n)',
  'SELECT id, sum(n) FILTER (WHERE n > 1) OVER w over_w FROM posts WINDOW w AS (ORDER BY n)',
  'SELECT id, CASE WHEN n THEN title ELSE NULL END FROM posts',
  'SELECT id, CASE n WHEN 1 THEN 2 END e, n IS NULL, n NOTNULL, n ISNULL z FROM posts',
  "SELECT id, title LIKE 'a' ESCAPE 'b', title COLLATE nocase, NOT n, -n, - n m, n BETWEEN 1 AND 2 b FROM posts",
  "SELECT id, title -> '$.a', title ->> '$.b' v, title || 'x' y, 'a' 'b', x'00' z, 1.5 o FROM posts",
  'SELECT id, CAST(n AS TEXT) x, cast(n as varchar(10)) FROM posts',
  'SELECT id, (SELECT name FROM users) FROM posts INDEXED BY by_title WHERE title = 1',
  'SELECT id FROM posts NOT INDEXED WHERE id = 1',
  'SELECT posts.id, main.posts.title FROM posts',
  "SELECT id FROM 'posts' 'p'",
  'SELECT id, (n + 1), ((n)) FROM ((SELECT id, n FROM posts))',
]

function createDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec(`
    CREATE TABLE posts (id TEXT PRIMARY KEY, title TEXT, n NUMERIC, author TEXT);
    CREATE INDEX by_title ON posts (title);
    CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT);
    CREATE TABLE tags (id TEXT PRIMARY KEY);`)
  return db
}

function outline(text: string): SelectStatement {
  return outlineSelect(text, tokenizeSql(text) ?? [])
}

/** The stored tables a statement reads, according to the database. */
function tablesRead(db: DatabaseSync, statement: string): string[] {
  const tables = new Set<string>()
  db.setAuthorizer((action, table) => {
    if (action === constants.SQLITE_READ && table !== null) tables.add(table)
    return constants.SQLITE_OK
  })
  db.prepare(statement)
  return [...tables].filter((table) => ['posts', 'users', 'tags'].includes(table)).toSorted()
}

describe('outlineSelect', () => {
  it.for(statements)('names the columns of %s as SQLite does', (statement, { expect }) => {
    const names = outline(statement).terms[0]?.columns.map(({ name }) => name)

    const columns = createDatabase().prepare(statement).columns()
    expect(names).toEqual(columns.map(({ name }) => name))
  })
})

describe('tableReferences', () => {
  it.for(statements)('finds the tables that SQLite reads for %s', (statement, { expect }) => {
    const references = tableReferences(outline(statement))

    const names = new Set(references.map(({ token }) => token.value))
    expect([...names].toSorted()).toEqual(tablesRead(createDatabase(), statement))
  })
})
