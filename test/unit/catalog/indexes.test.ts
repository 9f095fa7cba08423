import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { formatIndex, parseIndex, singleUniqueColumn, withTableName } from '#catalog/indexes.ts'

describe('parseIndex', () => {
  it('reads every part', ({ expect }) => {
    const text = `create unique index if not exists main."i x" on [posts] (
      title collate NoCase desc, lower("a,b") , (n + 1) asc, 'slug' /* c */
    ) where title != ')' and n > 1;`

    const index = parseIndex(text)

    expect(index).toEqual({
      name: 'i x',
      table: 'posts',
      unique: true,
      ifNotExists: true,
      schema: 'main',
      columns: [
        { name: 'title', isExpression: false, collate: 'NoCase', sort: 'DESC' },
        { name: 'lower("a,b")', isExpression: true, collate: '', sort: '' },
        { name: '(n + 1)', isExpression: true, collate: '', sort: 'ASC' },
        { name: 'slug', isExpression: false, collate: '', sort: '' },
      ],
      where: `title != ')' and n > 1`,
    })
  })

  it.for([
    { name: 'a second statement', text: 'CREATE INDEX i ON t (a); DROP TABLE users' },
    {
      name: 'a second statement in the condition',
      text: 'CREATE INDEX i ON t (a) WHERE 1; SELECT 2',
    },
    {
      name: 'a second statement in the columns',
      text: 'CREATE INDEX i ON t (a; DROP TABLE users)',
    },
    { name: 'an open comment', text: 'CREATE INDEX i ON t (a) WHERE 1 /* ' },
    { name: 'a comment over the end of the columns', text: 'CREATE INDEX i ON t (a -- )' },
    { name: 'an open string', text: `CREATE INDEX i ON t (a) WHERE a = 'x` },
    { name: 'an unbalanced condition', text: 'CREATE INDEX i ON t (a) WHERE (a' },
    { name: 'more behind the columns', text: 'CREATE INDEX i ON t (a) AS SELECT 1' },
    { name: 'an empty condition', text: 'CREATE INDEX i ON t (a) WHERE' },
    { name: 'a parameter', text: 'CREATE INDEX i ON t (a) WHERE a = ?1' },
    { name: 'no name', text: 'CREATE INDEX ON t (a)' },
    { name: 'an empty name', text: 'CREATE INDEX `` ON t (a)' },
    { name: 'no columns', text: 'CREATE INDEX i ON t ()' },
    { name: 'an empty column', text: 'CREATE INDEX i ON t (a, )' },
    { name: 'no list', text: 'CREATE INDEX i ON t' },
    { name: 'another statement', text: 'CREATE TABLE i (a)' },
    { name: 'nothing', text: '' },
  ])('refuses $name', ({ text }, { expect }) => {
    expect(parseIndex(text)).toBeUndefined()
  })
})

describe('formatIndex', () => {
  it.for([
    {
      name: 'a single column on one line',
      text: "create index x13 on foo (json_extract(tags,'$[0]'))",
      expected: "CREATE INDEX `x13` ON `foo` (json_extract(tags,'$[0]'))",
    },
    {
      name: 'several columns over lines',
      text: 'CREATE INDEX x11 ON foo ((n+1), "title" desc)',
      expected: 'CREATE INDEX `x11` ON `foo` (\n  (n+1),\n  `title` DESC\n)',
    },
    {
      name: 'the schema, IF NOT EXISTS and the condition',
      text: "CREATE UNIQUE INDEX if not  exists main.x ON foo('title')where n>1",
      expected: 'CREATE UNIQUE INDEX IF NOT EXISTS `main`.`x` ON `foo` (`title`) WHERE n>1',
    },
    {
      name: 'all but the last of several collations as part of an expression',
      text: 'CREATE INDEX x12 ON foo (title COLLATE nocase COLLATE binary)',
      expected: 'CREATE INDEX `x12` ON `foo` (title COLLATE nocase COLLATE binary)',
    },
    {
      name: 'the nameless table of a scaffold',
      text: 'CREATE INDEX `x` ON `` (`a`)',
      expected: 'CREATE INDEX `x` ON `` (`a`)',
    },
  ])('writes $name as PocketBase does', ({ text, expected }, { expect }) => {
    const index = parseIndex(text)

    expect(index && formatIndex(index)).toBe(expected)
  })

  it('writes what the database reads as the same index', ({ expect }) => {
    const db = new DatabaseSync(':memory:')
    db.exec("CREATE TABLE t (a TEXT, `b ``c` TEXT, n); INSERT INTO t VALUES ('x', 'y', 1)")
    const index = parseIndex(
      `CREATE UNIQUE INDEX "i" ON t ("a" collate NOCASE, [b \`c] DESC, n -- two\n + 2) WHERE n > 0`,
    )

    db.exec(index === undefined ? '' : formatIndex(index))

    const columns = db
      .prepare("SELECT name, desc, coll FROM pragma_index_xinfo('i') WHERE key")
      .all()
    expect(columns).toEqual([
      { name: 'a', desc: 0, coll: 'NOCASE' },
      { name: 'b `c', desc: 1, coll: 'BINARY' },
      { name: null, desc: 0, coll: 'BINARY' },
    ])
  })
})

describe('withTableName', () => {
  it('keeps the text of an index that already names the table', ({ expect }) => {
    const text = 'create index  "a" on posts ( x )'

    expect(withTableName(text, 'posts')).toBe(text)
  })

  it.for([
    { name: 'another table', text: 'create index a on other (x)' },
    { name: 'a name in other case', text: 'create index a on Posts (x)' },
  ])('rewrites an index on $name in normal form', ({ text }, { expect }) => {
    expect(withTableName(text, 'posts')).toBe('CREATE INDEX `a` ON `posts` (`x`)')
  })

  it('does not change other statements', ({ expect }) => {
    expect(withTableName('no index', 'posts')).toBe('no index')
  })
})

describe('singleUniqueColumn', () => {
  it.for([
    { text: 'CREATE UNIQUE INDEX i ON t (email)', expected: 'email' },
    {
      text: "CREATE UNIQUE INDEX i ON t (`Email` COLLATE NOCASE) WHERE Email != ''",
      expected: 'Email',
    },
    { text: 'CREATE INDEX i ON t (email)', expected: undefined },
    { text: 'CREATE UNIQUE INDEX i ON t (email, name)', expected: undefined },
    { text: 'CREATE UNIQUE INDEX i ON t (lower(email))', expected: undefined },
  ])('of $text is $expected', ({ text, expected }, { expect }) => {
    const index = parseIndex(text)

    expect(index && singleUniqueColumn(index)?.name).toBe(expected)
  })
})
