import { describe, it } from 'vitest'
import {
  abortWith,
  type BatchFailure,
  batchFailure,
  isTooLarge,
  isUndone,
} from '#database/abort.ts'
import { runBatch } from '#database/batch.ts'
import { ApiError } from '#kernel/errors.ts'
import type { Database, RawDatabase } from '#platform/bindings.ts'
import { guardDatabase } from '#platform/outages.ts'
import { sql } from 'drizzle-orm'

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Creates a database that has the tables of a new deployment. */
export type CreateDatabase = () => Database & RawDatabase

/** The ways in which databases differ. */
interface DatabaseTraits {
  /** False if the depth of expressions is not limited to 100. */
  readonly hasDepthLimit: boolean
}

/** Tests of all that the product expects of a database. */
export function describeDatabase(
  name: string,
  create: CreateDatabase,
  { hasDepthLimit }: DatabaseTraits,
): void {
  describe(`the database ${name}`, () => {
    describe('runs a batch', () => {
      describeBatches(create)
    })
    describe('binds and reads a value', () => {
      describeValues(create)
    })
    describe('reports a failure', () => {
      describeFailures(create)
    })
    describe('enforces', () => {
      describeConstraints(create)
    })
    describe('reads rows as lists', () => {
      describeRawRows(create)
    })
    describe('refuses', () => {
      describeRefusals(create)
    })
    describe('refuses, at its limit,', () => {
      describeLimits(create, hasDepthLimit)
    })
  })
}

/** The rows of one statement, run as a batch. */
async function run(db: Database, text: string, ...values: readonly unknown[]): Promise<Rows> {
  const statement = values.length === 0 ? db.prepare(text) : db.prepare(text).bind(...values)
  const [result] = await db.batch([statement])
  return result?.results ?? []
}

/** The rows of every statement of a batch. */
async function runAll(db: Database, ...texts: readonly string[]): Promise<Rows[]> {
  const results = await db.batch(texts.map((text) => db.prepare(text)))
  return results.map((result) => result.results)
}

async function rawRows(db: RawDatabase, text: string): Promise<unknown[][]> {
  return await db.prepare(text).raw({ columnNames: true })
}

/** The error of a call, which may throw at once. */
async function errorOf(call: () => Promise<unknown>): Promise<Error> {
  try {
    await call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It does not fail.')
}

async function countOf(db: Database, table: string): Promise<unknown> {
  return (await run(db, `SELECT count(*) AS n FROM ${table}`))[0]?.['n']
}

function describeBatches(create: CreateDatabase): void {
  it('with the rows of each statement in its place, and none for a write', async ({ expect }) => {
    const db = create()

    const rows = await runAll(
      db,
      'CREATE TABLE t (a INTEGER, b TEXT)',
      "INSERT INTO t VALUES (2, 'two'), (1, 'one')",
      'SELECT * FROM t ORDER BY a',
      'SELECT * FROM t WHERE a > 2',
      'SELECT count(*) AS n FROM t',
    )

    expect(rows).toEqual([
      [],
      [],
      [
        { a: 1, b: 'one' },
        { a: 2, b: 'two' },
      ],
      [],
      [{ n: 2 }],
    ])
  })

  it('with the columns of a row in the order of the SELECT', async ({ expect }) => {
    const [row] = await run(create(), 'SELECT 1 AS z, 2 AS a, 3 AS "__proto__x", 4 AS m')

    expect(Object.keys(row ?? {})).toEqual(['z', 'a', '__proto__x', 'm'])
  })

  it('with the last of the columns of one name', async ({ expect }) => {
    expect(await run(create(), 'SELECT 1 AS a, 2 AS a')).toEqual([{ a: 2 }])
  })

  it('with the rows that RETURNING names', async ({ expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (a INTEGER PRIMARY KEY, n INTEGER)')

    const upsert = `INSERT INTO t VALUES (1, 1), (2, 1)
      ON CONFLICT (a) DO UPDATE SET n = n + 1 RETURNING a, n`
    await run(db, upsert)

    expect(await run(db, upsert)).toEqual([
      { a: 1, n: 2 },
      { a: 2, n: 2 },
    ])
  })

  it('with the same prepared statement several times, each with its own values', async ({
    expect,
  }) => {
    const db = create()
    const statement = db.prepare('SELECT ?1 AS a, ?2 AS b, ?1 AS c')

    const results = await db.batch([statement.bind('x', 'y'), statement.bind('z', null)])

    expect(results.flatMap(({ results: rows }) => rows)).toEqual([
      { a: 'x', b: 'y', c: 'x' },
      { a: 'z', b: null, c: 'z' },
    ])
  })

  it('as one transaction that a failing statement undoes, definitions included', async ({
    expect,
  }) => {
    const db = create()
    await runAll(db, 'CREATE TABLE t (a)', "INSERT INTO t VALUES ('old')")

    const failure = runAll(
      db,
      'CREATE TABLE other (a)',
      'ALTER TABLE t ADD COLUMN b',
      'CREATE INDEX by_b ON t (b)',
      "INSERT INTO t VALUES ('new', 1)",
      'CREATE VIEW seen AS SELECT * FROM t',
      'SELECT nothing FROM nowhere',
    )

    await expect(failure).rejects.toThrow()
    expect(await run(db, 'SELECT * FROM t')).toEqual([{ a: 'old' }])
    expect(
      await run(db, "SELECT name FROM sqlite_master WHERE name IN ('other', 'by_b', 'seen')"),
    ).toEqual([])
  })

  it('in which later statements see what earlier ones defined and wrote', async ({ expect }) => {
    const rows = await runAll(
      create(),
      'CREATE TABLE t (a)',
      'ALTER TABLE t ADD COLUMN b TEXT DEFAULT "x"'.replaceAll('"', "'"),
      'INSERT INTO t (a) VALUES (1)',
      'ALTER TABLE t RENAME COLUMN a TO c',
      'SELECT c, b, changes() AS n FROM t',
      'DROP TABLE t',
      "SELECT count(*) AS n FROM sqlite_master WHERE name = 't'",
    )

    expect([rows[4], rows[6]]).toEqual([[{ c: 1, b: 'x', n: 1 }], [{ n: 0 }]])
  })

  it('after the definition of a table of an earlier statement has changed', async ({ expect }) => {
    const db = create()
    await runAll(db, 'CREATE TABLE t (a)', 'INSERT INTO t VALUES (1)')
    const text = 'SELECT * FROM t'
    const before = await run(db, text)

    await run(db, 'ALTER TABLE t ADD COLUMN b')

    expect([before, await run(db, text)]).toEqual([[{ a: 1 }], [{ a: 1, b: null }]])
  })

  it('of a thousand statements', async ({ expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (a INTEGER PRIMARY KEY)')
    const insert = db.prepare('INSERT INTO t VALUES (?)')

    await db.batch(Array.from({ length: 1000 }, (_, i) => insert.bind(i)))

    expect(await countOf(db, 't')).toBe(1000)
  })

  it('one at a time', async ({ expect }) => {
    const db = create()
    await runAll(db, 'CREATE TABLE t (n INTEGER, log TEXT)', "INSERT INTO t VALUES (0, '')")
    const steps = [
      'UPDATE t SET n = n + 1',
      "UPDATE t SET log = log || n || ','",
      "UPDATE t SET log = log || n || ';'",
    ]

    await Promise.all(Array.from({ length: 40 }, () => runAll(db, ...steps)))

    const pairs = Array.from({ length: 40 }, (_, i) => `${i + 1},${i + 1};`)
    expect(await run(db, 'SELECT n, log FROM t')).toEqual([{ n: 40, log: pairs.join('') }])
  })

  it('after another one beside it has failed', async ({ expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (n INTEGER PRIMARY KEY)')
    const batches = Array.from({ length: 20 }, async (_, i) => {
      const last = i % 2 === 0 ? 'SELECT 1' : 'INSERT INTO t SELECT n FROM t'
      return await runAll(db, `INSERT INTO t VALUES (${i})`, last).then(
        () => 'done',
        () => 'undone',
      )
    })

    const outcomes = await Promise.all(batches)

    expect(outcomes.filter((each) => each === 'done')).toHaveLength(10)
    expect(await countOf(db, 't')).toBe(10)
  })
}

function describeValues(create: CreateDatabase): void {
  it.for([
    { name: 'a whole number', value: 5, type: 'real', text: '5.0' },
    { name: 'a fraction', value: 0.1, type: 'real', text: '0.1' },
    { name: 'a negative number', value: -7.25, type: 'real', text: '-7.25' },
    { name: 'the largest safe number', value: 2 ** 53, type: 'real', text: '9007199254740992.0' },
    { name: 'a huge number', value: 1e300, type: 'real', text: '1.0e+300' },
    { name: 'text', value: 'Grüße, 日本 😀', type: 'text', text: 'Grüße, 日本 😀' },
    { name: 'empty text', value: '', type: 'text', text: '' },
    { name: 'digits', value: '007', type: 'text', text: '007' },
    { name: 'text with a NUL', value: 'a\0b', type: 'text', text: 'a\0b' },
    { name: 'text with quotes', value: `'"\`]\\`, type: 'text', text: `'"\`]\\` },
    { name: 'null', value: null, type: 'null', text: null },
  ])('$name', async ({ value, type, text }, { expect }) => {
    const found = await run(
      create(),
      "SELECT typeof(?1) AS type, ?1 AS value, ?1 || '' AS text",
      value,
    )

    expect(found).toEqual([{ type, value, text }])
  })

  it.for([
    { name: 'true', value: true, read: 1 },
    { name: 'false', value: false, read: 0 },
    { name: 'a number that is none', value: Number.NaN, read: null },
    { name: 'infinity', value: Number.POSITIVE_INFINITY, read: null },
  ])('$name as another one', async ({ value, read }, { expect }) => {
    const type = read === null ? 'null' : 'real'

    expect(await run(create(), 'SELECT typeof(?1) AS type, ?1 AS value', value)).toEqual([
      { type, value: read },
    ])
  })

  it.for(['undefined', 'a big integer', 'a date', 'an object', 'a function', 'a symbol'] as const)(
    'but not %s',
    async (kind, { expect }) => {
      const db = guardDatabase(create())
      const values = {
        undefined: undefined,
        'a big integer': 10n,
        'a date': new Date(0),
        'an object': {},
        'a function': () => 1,
        'a symbol': Symbol('x'),
      }

      const error = await errorOf(async () => await run(db, 'SELECT ?', values[kind]))

      expect(error).not.toBeInstanceOf(ApiError)
    },
  )

  it.for([
    { name: 'bytes', value: new Uint8Array([0, 1, 254, 255]) },
    { name: 'a part of bytes', value: new Uint8Array([9, 0, 1, 254, 255, 9]).subarray(1, 5) },
    { name: 'a buffer', value: new Uint8Array([0, 1, 254, 255]).buffer },
  ])('$name', async ({ value }, { expect }) => {
    const [row] = await run(
      create(),
      'SELECT typeof(?1) AS type, hex(?1) AS hex, ?1 AS bytes',
      value,
    )

    expect(row).toMatchObject({ type: 'blob', hex: '0001FEFF' })
    expect([...((row?.['bytes'] ?? []) as Iterable<number>)]).toEqual([0, 1, 254, 255])
  })

  it('by the affinity of its column', async ({ expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (i INTEGER, n NUMERIC, b BOOLEAN, t TEXT, r REAL, j JSON, u)')
    await run(db, 'INSERT INTO t VALUES (?1, ?1, ?1, ?1, ?1, ?1, ?1)', 5)

    const [types] = await run(
      db,
      `SELECT typeof(i) AS i, typeof(n) AS n, typeof(b) AS b, typeof(t) AS t, t AS text,
        typeof(r) AS r, typeof(j) AS j, typeof(u) AS u FROM t`,
    )

    expect(types).toEqual({
      i: 'integer',
      n: 'integer',
      b: 'integer',
      t: 'text',
      text: '5.0',
      r: 'real',
      j: 'integer',
      u: 'real',
    })
  })

  it('in JSON, where a whole number stays a real one', async ({ expect }) => {
    expect(
      await run(
        create(),
        "SELECT json_array(?1, ?2) AS a, json_object('k', ?3) AS o",
        5,
        'x',
        null,
      ),
    ).toEqual([{ a: '[5.0,"x"]', o: '{"k":null}' }])
  })

  it('larger than a safe integer as the nearest number', async ({ expect }) => {
    expect(
      await run(create(), 'SELECT 9223372036854775807 AS a, -9007199254740993 AS b, 1.0 AS c'),
    ).toEqual([{ a: 2 ** 63, b: -(2 ** 53), c: 1 }])
  })

  it('with the functions that our statements use', async ({ expect }) => {
    const [row] = await run(
      create(),
      `SELECT lower('ÄA') AS lower, 'a' LIKE 'A' AS likes, 'ä' LIKE 'Ä' AS other,
        instr('äb', 'b') AS at, length('😀é') AS length, substr('😀xy', 2, 1) AS part,
        (SELECT group_concat(value) FROM json_each('[1,"b",null]')) AS list,
        json_extract('{"a":[1,{"b":2}]}', '$.a[1].b') AS inner,
        '{"a":"x"}' ->> '$.a' AS arrow, iif(1, 'y', 'n') AS choice,
        round(degrees(acos(cos(radians(60))))) AS angle, unhex('6162') IS NOT NULL AS bytes,
        strftime('%Y-%m-%d %H:%M:%fZ', 1.5, 'unixepoch') AS time,
        length(hex(randomblob(8))) AS random, typeof(random()) AS integer`,
    )

    expect(row).toEqual({
      ...{ lower: 'Äa', likes: 1, other: 0, at: 2, length: 2, part: 'x', list: '1,b', inner: 2 },
      ...{ arrow: 'x', choice: 'y', angle: 60, bytes: 1, time: '1970-01-01 00:00:01.500Z' },
      ...{ random: 16, integer: 'integer' },
    })
  })

  it('with full-text search, window functions and recursion', async ({ expect }) => {
    const rows = await runAll(
      create(),
      'CREATE VIRTUAL TABLE search USING fts5(body)',
      "INSERT INTO search VALUES ('the quick fox'), ('a lazy dog')",
      "SELECT rowid AS id FROM search WHERE search MATCH 'lazy'",
      'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3) SELECT n, sum(n) OVER (ORDER BY n) AS s FROM c',
    )

    expect(rows.slice(2)).toEqual([
      [{ id: 2 }],
      [
        { n: 1, s: 1 },
        { n: 2, s: 3 },
        { n: 3, s: 6 },
      ],
    ])
  })
}

function describeFailures(create: CreateDatabase): void {
  async function failureOf(
    db: Database,
    text: string,
    ...values: readonly unknown[]
  ): Promise<BatchFailure | undefined> {
    return batchFailure(await errorOf(async () => await run(db, text, ...values)))
  }

  it.for([
    'RULE:posts.create',
    `quotes ' " and \\`,
    'several\nlines: with colons',
    'Grüße 😀',
    '[{"code":"validation_not_unique"}]',
    'not an outage: SQLITE_BUSY',
    'UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
    'x'.repeat(20_000),
  ])('that a guard raises, with its text: %s', async (message, { expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (a)')

    const error = await errorOf(
      async () =>
        await runBatch(guardDatabase(db), [
          sql`INSERT INTO t VALUES (1)`,
          abortWith(sql`${message}`),
          sql`INSERT INTO t VALUES (2)`,
        ]),
    )

    expect(batchFailure(error)).toEqual({ kind: 'aborted', message })
    expect(isUndone(error)).toBe(true)
    expect(await countOf(db, 't')).toBe(0)
  })

  it('but none for a guard without a message', async ({ expect }) => {
    const db = create()

    await runBatch(db, [abortWith(sql`NULL`), abortWith(sql`''`)])

    expect(await countOf(db, '"_abort"')).toBe(0)
  })

  it('of uniqueness, with its columns or the index', async ({ expect }) => {
    const db = create()
    await runAll(
      db,
      'CREATE TABLE "odd.name" (id TEXT PRIMARY KEY, a, b, t)',
      'CREATE UNIQUE INDEX both ON "odd.name" (a, b)',
      'CREATE UNIQUE INDEX "by lower" ON "odd.name" (lower(t))',
      `INSERT INTO "odd.name" VALUES ('1', 1, 1, 'x')`,
    )
    const insert = 'INSERT INTO "odd.name" VALUES'

    const failures = [
      await failureOf(db, `${insert} ('1', 2, 2, 'y')`),
      await failureOf(db, `${insert} ('2', 1, 1, 'y')`),
      await failureOf(db, `${insert} ('2', 2, 2, 'X')`),
    ]

    expect(failures).toEqual([
      { kind: 'notUnique', table: 'odd.name', columns: ['id'] },
      { kind: 'notUnique', table: 'odd.name', columns: ['a', 'b'] },
      { kind: 'notUniqueIndex', index: 'by lower' },
    ])
  })

  it.for([
    { name: 'a value that must be there', text: 'INSERT INTO t (b) VALUES (1)' },
    { name: 'a check', text: 'INSERT INTO t VALUES (1, 100)' },
    { name: 'a reference', text: "INSERT INTO t VALUES ('x', 1)" },
    { name: 'a type', text: "INSERT INTO strict_one VALUES ('x')" },
    { name: 'the syntax', text: 'SELEC 1' },
    { name: 'an unknown table', text: 'SELECT * FROM nowhere' },
    { name: 'an unknown column', text: 'SELECT nothing FROM t' },
    { name: 'an unknown function', text: 'SELECT nothing(1)' },
    { name: 'JSON', text: "SELECT json('{x')" },
    { name: 'an overflow', text: 'SELECT abs(-9223372036854775808)' },
  ])('of $name as a defect, and goes on', async ({ text }, { expect }) => {
    const db = create()
    await runAll(
      db,
      'CREATE TABLE p (a INTEGER PRIMARY KEY)',
      'CREATE TABLE t (a NOT NULL REFERENCES p (a), b CHECK (b < 50))',
      'CREATE TABLE strict_one (a INTEGER) STRICT',
    )

    const error = await errorOf(async () => await run(guardDatabase(db), text))

    expect(error).not.toBeInstanceOf(ApiError)
    expect(isUndone(error)).toBe(true)
    expect(batchFailure(error)).toBeUndefined()
    expect(await countOf(db, 't')).toBe(0)
  })

  it('of a batch, never when it is only prepared', ({ expect }) => {
    expect(() => create().prepare('SELEC 1')).not.toThrow()
  })

  it.for([
    { name: 'too few', text: 'SELECT ?, ?', values: ['x'] },
    { name: 'too many', text: 'SELECT ?', values: ['x', 'y'] },
    { name: 'no', text: 'SELECT ?', values: [] },
  ])('of $name values', async ({ text, values }, { expect }) => {
    const error = await errorOf(async () => await run(guardDatabase(create()), text, ...values))

    expect(error).not.toBeInstanceOf(ApiError)
  })

  it('in the words of SQLite, with the position', async ({ expect }) => {
    const error = await errorOf(
      async () => await run(create(), 'SELECT id, missing FROM _collections'),
    )

    expect(error.message).toContain('no such column: missing')
  })
}

function describeConstraints(create: CreateDatabase): void {
  it('references, with their cascade, after an attempt to turn them off too', async ({
    expect,
  }) => {
    const db = create()
    await runAll(
      db,
      'CREATE TABLE p (id TEXT PRIMARY KEY)',
      'CREATE TABLE c (p TEXT REFERENCES p (id) ON DELETE CASCADE)',
      "INSERT INTO p VALUES ('a')",
      "INSERT INTO c VALUES ('a')",
    )
    await run(db, 'PRAGMA foreign_keys = OFF').catch(() => undefined)

    await expect(run(db, "INSERT INTO c VALUES ('b')")).rejects.toThrow()
    await run(db, 'DELETE FROM p')

    expect(await countOf(db, 'c')).toBe(0)
  })

  it('deferred references at the end of the batch', async ({ expect }) => {
    const db = create()
    await runAll(
      db,
      'CREATE TABLE p (id TEXT PRIMARY KEY)',
      'CREATE TABLE c (p TEXT REFERENCES p (id))',
    )
    const defer = 'PRAGMA defer_foreign_keys = ON'
    const child = "INSERT INTO c VALUES ('a')"

    await runAll(db, defer, child, "INSERT INTO p VALUES ('a')")
    await expect(runAll(db, defer, "INSERT INTO c VALUES ('b')")).rejects.toThrow()
    // The next batch begins without it.
    await expect(run(db, "INSERT INTO c VALUES ('c')")).rejects.toThrow()

    expect(await run(db, 'SELECT p FROM c')).toEqual([{ p: 'a' }])
  })
}

function describeRawRows(create: CreateDatabase): void {
  it('with the names of all columns first', async ({ expect }) => {
    const text = "SELECT 1 AS a, 'x' AS a, NULL AS b UNION ALL SELECT 2, 'y', 0.5"

    expect(await rawRows(create(), text)).toEqual([
      ['a', 'a', 'b'],
      [1, 'x', null],
      [2, 'y', 0.5],
    ])
  })

  it('with the names even if there are none', async ({ expect }) => {
    const text = 'SELECT 1 AS a, 2 AS b WHERE 0'

    expect(await rawRows(create(), text)).toEqual([['a', 'b']])
  })

  it('and rejects what is wrong', async ({ expect }) => {
    await expect(rawRows(create(), 'SELECT missing')).rejects.toThrow('no such column: missing')
  })
}

function describeRefusals(create: CreateDatabase): void {
  it.for([
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT a',
    'RELEASE a',
    'VACUUM',
    "VACUUM INTO '/tmp/copy.db'",
    "ATTACH ':memory:' AS other",
    'DETACH main',
    "SELECT load_extension('x')",
    "SELECT readfile('/etc/passwd')",
    'PRAGMA writable_schema = 1',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA user_version = 4',
    'CREATE TEMP TABLE t (a)',
  ])('%s, and undoes the batch', async (text, { expect }) => {
    const db = create()
    await run(db, 'CREATE TABLE t (a)')

    await expect(runAll(db, 'INSERT INTO t VALUES (1)', text)).rejects.toThrow()

    expect(await countOf(db, 't')).toBe(0)
  })
}

function describeLimits(create: CreateDatabase, hasDepthLimit: boolean): void {
  const many = (count: number, text: (number: number) => string, separator = ','): string =>
    Array.from({ length: count }, (_, i) => text(i)).join(separator)
  const one = (): string => '1'
  const deepExpression = {
    name: 'an expression deeper than 100',
    text: (n: number) => `SELECT ${many(n, one, '+')}`,
    most: 100,
  }

  it.for([
    {
      name: 'more than 100 values',
      text: (n: number) => `SELECT ${many(n, () => '?')}`,
      most: 100,
    },
    { name: 'more than 100 columns', text: (n: number) => `SELECT ${many(n, one)}`, most: 100 },
    {
      name: 'a table of more than 100 columns',
      text: (n: number) => `CREATE TABLE wide (${many(n, (i) => `c${i}`)})`,
      most: 100,
    },
    ...(hasDepthLimit ? [deepExpression] : []),
    {
      name: 'more than 5 terms of a compound SELECT',
      text: (n: number) => many(n, () => 'SELECT 1', ' UNION ALL '),
      most: 5,
    },
    {
      name: 'a pattern longer than 50 bytes',
      text: (n: number) => `SELECT 'a' LIKE '${'a'.repeat(n)}'`,
      most: 50,
    },
    {
      name: 'a statement longer than 100 kB',
      text: (n: number) => `SELECT '${'a'.repeat(n - 9)}'`,
      most: 100_000,
    },
  ])('$name', async ({ text, most }, { expect }) => {
    const db = guardDatabase(create())
    const values = (statement: string): string[] =>
      [...statement.matchAll(/\?/g)].map((_, i) => String(i))

    await run(db, text(most), ...values(text(most)))
    const tooMuch = text(most + 1)
    const error = await errorOf(async () => await run(db, tooMuch, ...values(tooMuch)))

    expect(error).not.toBeInstanceOf(ApiError)
    expect(isUndone(error)).toBe(true)
    expect(isTooLarge(error)).toBe(most === 100_000)
  })
}
