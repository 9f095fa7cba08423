import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextPass } from 'node:timers/promises'
import { describe, it, onTestFinished } from 'vitest'
import { NodeDatabase } from '#adapters/node/node-database.ts'
import { type OpenOptions, openSqlite } from '#adapters/node/open-sqlite.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function openDatabase(options?: OpenOptions): Promise<NodeDatabase> {
  const folder = await temporaryFolder()
  const sqlite = openSqlite(join(folder, 'data.db'), options)
  onTestFinished(() => sqlite.close())
  return new NodeDatabase(sqlite)
}

/** Runs texts as one batch and returns the rows of the last. */
async function run(db: NodeDatabase, ...texts: string[]): Promise<readonly unknown[]> {
  const results = await db.batch(texts.map((text) => db.prepare(text)))
  return results.at(-1)?.results ?? []
}

describe('the authorizer', () => {
  it.for([
    `ATTACH '/tmp/arete-other.db' AS other`,
    `DETACH main`,
    `VACUUM`,
    `VACUUM INTO '/tmp/arete-copy.db'`,
    `SELECT load_extension('/tmp/x.so')`,
    `SELECT fts3_tokenizer('simple')`,
    `CREATE TEMP TABLE x (a)`,
    `CREATE TEMP TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END`,
    `CREATE TEMP VIEW x AS SELECT 1`,
    `CREATE VIRTUAL TABLE x USING dbstat`,
    `CREATE VIRTUAL TABLE x USING fts3(a)`,
    `SELECT * FROM dbstat`,
    `SELECT * FROM pragma_database_list`,
    `PRAGMA database_list`,
    `PRAGMA writable_schema = ON`,
    `PRAGMA journal_mode = DELETE`,
    `PRAGMA user_version`,
    `PRAGMA case_sensitive_like = ON`,
    `PRAGMA ignore_check_constraints = ON`,
    `PRAGMA temp_store_directory = '/tmp'`,
    `PRAGMA wal_checkpoint`,
    `EXPLAIN PRAGMA writable_schema = ON`,
    `BEGIN`,
    `COMMIT`,
    `ROLLBACK`,
    `SAVEPOINT s`,
    `SELECT 1; COMMIT`,
    `SELECT 1; ATTACH '/tmp/arete-other.db' AS other`,
  ])('refuses %s', async (text, { expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a)')

    const outcome = run(db, text)

    await expect(outcome).rejects.toThrow(/not authorized|prohibited|authorization denied/)
  })

  it('keeps foreign keys on, whatever a PRAGMA says', async ({ expect }) => {
    const db = await openDatabase()

    await run(db, 'PRAGMA foreign_keys = OFF')

    expect(await run(db, 'PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }])
  })

  it('protects the schema table', async ({ expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a)')

    const outcome = run(db, `UPDATE sqlite_master SET sql = 'x'`)

    await expect(outcome).rejects.toThrow('may not be modified')
  })

  it('allows what Arete and full-text search need', async ({ expect }) => {
    const db = await openDatabase()

    await run(
      db,
      'CREATE TABLE t (a TEXT)',
      'CREATE VIRTUAL TABLE s USING fts5(a)',
      `INSERT INTO s (a) VALUES ('hello world')`,
      'ALTER TABLE t RENAME COLUMN a TO b',
      'CREATE INDEX i ON t (b)',
      'PRAGMA defer_foreign_keys = ON',
      'ANALYZE',
      'PRAGMA optimize',
    )

    expect(await run(db, `SELECT a FROM s WHERE s MATCH 'hello'`)).toEqual([{ a: 'hello world' }])
    expect(await run(db, `SELECT name FROM pragma_table_info('t')`)).toEqual([{ name: 'b' }])
  })
})

describe('a batch', () => {
  it('sees a schema that changed since a statement was compiled', async ({ expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a)', 'INSERT INTO t VALUES (1)')
    const select = db.prepare('SELECT * FROM t')
    await db.batch([select])

    await run(db, 'ALTER TABLE t ADD COLUMN b DEFAULT 2')
    const [added] = await db.batch([select])
    await run(db, 'ALTER TABLE t RENAME COLUMN b TO c')
    const [renamed] = await db.batch([select])

    expect(added?.results).toEqual([{ a: 1, b: 2 }])
    expect(renamed?.results).toEqual([{ a: 1, c: 2 }])
  })

  it('undoes its tables when it fails', async ({ expect }) => {
    const db = await openDatabase()

    await expect(run(db, 'CREATE TABLE t (a)', 'INSERT INTO u VALUES (1)')).rejects.toThrow(
      'D1_ERROR: no such table: u: SQLITE_ERROR',
    )

    await expect(run(db, 'SELECT * FROM t')).rejects.toThrow('no such table: t')
    await run(db, 'CREATE TABLE t (a, b)', 'INSERT INTO t VALUES (1, 2)')
    expect(await run(db, 'SELECT * FROM t')).toEqual([{ a: 1, b: 2 }])
  })

  it('uses a table that it creates', async ({ expect }) => {
    const db = await openDatabase()

    const rows = await run(db, 'CREATE TABLE t (a)', 'SELECT COUNT(*) AS n FROM t')

    expect(rows).toEqual([{ n: 0 }])
  })

  it('runs a read alone without a transaction, and several in one', async ({ expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a)')

    const before = await run(db, 'SELECT COUNT(*) AS n FROM t')
    const both = await run(db, 'SELECT 1', 'SELECT COUNT(*) AS n FROM t')

    expect([before, both]).toEqual([[{ n: 0 }], [{ n: 0 }]])
  })

  it('is undone once, even when a large integer makes it run again', async ({ expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a INTEGER)')

    const rows = await run(db, 'INSERT INTO t VALUES (9007199254740993) RETURNING a')

    expect(rows).toEqual([{ a: 9_007_199_254_740_992 }])
    expect(await run(db, 'SELECT COUNT(*) AS n FROM t')).toEqual([{ n: 1 }])
  })
})

describe('writes that arrive together', () => {
  /** A database with a table, and the number of transactions that wrote to it since. */
  async function openCounted(prepare?: (sqlite: DatabaseSync) => void) {
    const sqlite = openSqlite(join(await temporaryFolder(), 'data.db'))
    onTestFinished(() => sqlite.close())
    sqlite.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)')
    prepare?.(sqlite)
    let transactions = 0
    const turns = { take: (turn: () => void) => turn(), end: () => void transactions++ }
    const shared = { turns, epoch: new Int32Array(1), commits: new Int32Array(1) }
    return { db: new NodeDatabase(sqlite, shared), transactions: () => transactions }
  }

  /** The message of each failure, and undefined for each success. */
  async function outcomes(...writes: Promise<unknown>[]): Promise<(string | undefined)[]> {
    const settled = await Promise.allSettled(writes)
    return settled.map((each) => (each.status === 'rejected' ? String(each.reason) : undefined))
  }

  it('share a transaction, and see what those before them wrote', async ({ expect }) => {
    const { db, transactions } = await openCounted()

    const rows = await Promise.all(
      [1, 2, 3].map((n) => run(db, `INSERT INTO t VALUES (${n})`, 'SELECT count(*) AS n FROM t')),
    )

    expect(rows).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
    expect(transactions()).toBe(1)
  })

  it('stand if one in the middle fails, which is undone', async ({ expect }) => {
    const { db, transactions } = await openCounted()

    const failures = await outcomes(
      run(db, 'INSERT INTO t VALUES (1)'),
      run(db, 'INSERT INTO t VALUES (2)', 'UPDATE t SET n = n + 10', 'INSERT INTO t VALUES (11)'),
      run(db, 'INSERT INTO t VALUES (3)', 'SELECT changes() AS n'),
    )

    expect(failures).toEqual([undefined, expect.stringContaining('UNIQUE'), undefined])
    expect(await run(db, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 3 }])
    expect(transactions()).toBe(1)
  })

  it('stand if one of them undoes the whole transaction', async ({ expect }) => {
    const { db } = await openCounted()

    const failures = await outcomes(
      run(db, 'INSERT INTO t VALUES (1)'),
      run(db, 'INSERT INTO t VALUES (2)', 'INSERT OR ROLLBACK INTO t VALUES (2)'),
      run(db, 'INSERT INTO t VALUES (3)'),
    )

    expect(failures).toEqual([undefined, expect.stringContaining('UNIQUE'), undefined])
    expect(await run(db, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 3 }])
  })

  it('stand if one of them cannot be committed', async ({ expect }) => {
    const { db } = await openCounted((sqlite) =>
      sqlite.exec('CREATE TABLE u (n REFERENCES t DEFERRABLE INITIALLY DEFERRED)'),
    )

    const failures = await outcomes(
      run(db, 'INSERT INTO t VALUES (1)'),
      run(db, 'INSERT INTO u VALUES (2)'),
      run(db, 'INSERT INTO u VALUES (1)'),
    )

    expect(failures).toEqual([undefined, expect.stringContaining('FOREIGNKEY'), undefined])
    expect(await run(db, 'SELECT n FROM u')).toEqual([{ n: 1 }])
  })

  it('stand if the disk is full for one of them', async ({ expect }) => {
    const { db } = await openCounted((sqlite) =>
      sqlite.exec('CREATE TABLE u (b BLOB); PRAGMA max_page_count = 20'),
    )

    const failures = await outcomes(
      run(db, 'INSERT INTO t VALUES (1)'),
      run(db, 'INSERT INTO u VALUES (randomblob(1000000))'),
      run(db, 'INSERT INTO t VALUES (2)'),
    )

    expect(failures).toEqual([undefined, expect.stringContaining('SQLITE_FULL'), undefined])
    expect(await run(db, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('are read exactly if one returns a large integer', async ({ expect }) => {
    const { db } = await openCounted()
    const large = 'INSERT INTO t VALUES (9007199254740993) RETURNING n'

    const rows = await Promise.all([
      run(db, 'INSERT INTO t VALUES (1) RETURNING n'),
      run(db, 'INSERT INTO t VALUES (2)', large),
      run(db, 'INSERT INTO t VALUES (3) RETURNING n'),
    ])

    expect(rows).toEqual([[{ n: 1 }], [{ n: 9_007_199_254_740_992 }], [{ n: 3 }]])
    expect(await run(db, 'SELECT count(*) AS n FROM t')).toEqual([{ n: 4 }])
  })

  it('have a transaction of their own if they change the schema, or hold back checks', async ({
    expect,
  }) => {
    const { db, transactions } = await openCounted((sqlite) =>
      sqlite.exec('CREATE TABLE u (n REFERENCES t)'),
    )

    const failures = await outcomes(
      run(db, 'INSERT INTO t VALUES (1)'),
      run(
        db,
        'PRAGMA defer_foreign_keys = ON',
        'INSERT INTO u VALUES (2)',
        'INSERT INTO t VALUES (2)',
      ),
      run(db, 'INSERT INTO u VALUES (3)'),
      run(db, 'ALTER TABLE u ADD COLUMN b'),
      run(db, 'CREATE TABLE v (a)', 'INSERT INTO v VALUES (1)', 'INSERT INTO t VALUES (1)'),
      run(db, 'INSERT INTO u VALUES (1, 1)'),
    )

    expect(failures).toEqual([
      undefined,
      undefined,
      expect.stringContaining('FOREIGNKEY'),
      undefined,
      expect.stringContaining('UNIQUE'),
      undefined,
    ])
    expect(await run(db, 'SELECT * FROM u WHERE n = 1')).toEqual([{ n: 1, b: 1 }])
    expect(transactions()).toBe(6)
    await expect(run(db, 'SELECT * FROM v')).rejects.toThrow('no such table')
  })

  it('fail together if the database is held by another process', async ({ expect }) => {
    const file = join(await temporaryFolder(), 'data.db')
    const [sqlite, other] = [openSqlite(file), openSqlite(file)]
    onTestFinished(() => [sqlite, other].forEach((each) => each.close()))
    sqlite.exec('CREATE TABLE t (n); PRAGMA busy_timeout = 0')
    const db = new NodeDatabase(sqlite)
    other.exec('BEGIN IMMEDIATE')

    const failures = await outcomes(...[1, 2].map((n) => run(db, `INSERT INTO t VALUES (${n})`)))
    other.exec('ROLLBACK')

    const busy = expect.stringContaining('SQLITE_BUSY')
    expect(failures).toEqual([busy, busy])
    expect(await run(db, 'INSERT INTO t VALUES (3) RETURNING n')).toEqual([{ n: 3 }])
  })
})

describe('reads of one pass of the event loop', () => {
  const count = ['SELECT count(*) AS n FROM t', 'SELECT count(*) AS n FROM t']
  /** More statements than are grouped, so that they run at once. */
  const atOnce = Array.from({ length: 51 }, () => 'INSERT INTO t VALUES (1)')

  /** Two threads over a file with a table, and a connection of another process. */
  async function openThreads() {
    const file = join(await temporaryFolder(), 'data.db')
    const connections = [openSqlite(file), openSqlite(file), openSqlite(file)] as const
    onTestFinished(() => connections.forEach((each) => each.close()))
    const [first, second, process] = connections
    process.exec('CREATE TABLE t (n)')
    const turns = { take: (turn: () => void) => turn(), end: () => undefined }
    const shared = { turns, epoch: new Int32Array(1), commits: new Int32Array(1) }
    const threads = [new NodeDatabase(first, shared), new NodeDatabase(second, shared)] as const
    return { threads, process }
  }

  it('share a transaction, which ends with the pass', async ({ expect }) => {
    const { threads, process } = await openThreads()
    const [db] = threads

    const before = await run(db, ...count)
    process.exec('INSERT INTO t VALUES (1)')
    const during = await run(db, ...count)
    await nextPass()
    const after = await run(db, ...count)

    expect([before, during, after]).toEqual([[{ n: 0 }], [{ n: 0 }], [{ n: 1 }]])
  })

  it.for([
    { name: 'their own thread', writer: 0 },
    { name: 'another thread', writer: 1 },
  ] as const)('see what $name commits in between', async ({ writer }, { expect }) => {
    const { threads } = await openThreads()

    const before = await run(threads[0], ...count)
    await run(threads[writer], ...atOnce)
    const after = await run(threads[0], ...count)

    expect([before, after]).toEqual([[{ n: 0 }], [{ n: 51 }]])
  })

  it('see a change of the schema that another thread commits in between', async ({ expect }) => {
    const { threads } = await openThreads()
    const [db, other] = threads
    const all = ['SELECT 1', 'SELECT * FROM t']

    const before = await run(db, ...all)
    await run(other, 'ALTER TABLE t ADD COLUMN b', 'INSERT INTO t VALUES (1, 2)')
    const after = await run(db, ...all)

    expect([before, after]).toEqual([[], [{ n: 1, b: 2 }]])
  })

  it('go on after one that fails', async ({ expect }) => {
    const { threads } = await openThreads()
    const [db] = threads

    await run(db, ...count)
    const failed = run(db, 'SELECT 1', "SELECT json('x')")
    await expect(failed).rejects.toThrow('malformed JSON')

    expect(await run(db, ...count)).toEqual([{ n: 0 }])
  })
})

describe('a row', () => {
  it('takes any name of a column as a name', async ({ expect }) => {
    const db = await openDatabase()
    const names = ['__proto__', 'constructor', `"'\`\\`, '${x}', '\u2028', '*/ }', 'a\nb']
    const quoted = names.map((name) => `1 AS "${name.replaceAll('"', '""')}"`)

    const [row] = await run(db, `SELECT ${quoted.join(', ')}`)

    expect(Object.keys(row as object)).toEqual(names)
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
  })
})

describe('the limits of D1', () => {
  const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text)

  it.for([
    {
      name: 'parameters',
      text: `SELECT 1 WHERE 1 IN (${times(101, '?').join()})`,
      values: times(101, '1'),
      message: 'too many SQL variables',
    },
    { name: 'columns', text: `SELECT ${times(101, '1').join()}`, message: 'too many columns' },
    { name: 'terms', text: times(6, 'SELECT 1').join(' UNION '), message: 'too many terms' },
    { name: 'patterns', text: `SELECT 'a' LIKE '${'a'.repeat(51)}'`, message: 'too complex' },
    { name: 'length', text: `SELECT '${'a'.repeat(100_001)}'`, message: 'too' },
  ])('hold for $name', async ({ text, values = [], message }, { expect }) => {
    const limited = await openDatabase({ limits: 'd1' })
    const free = await openDatabase()
    const bound = (db: NodeDatabase) => db.batch([db.prepare(text).bind(...values)])

    await expect(bound(limited)).rejects.toThrow(message)
    await expect(bound(free)).resolves.toHaveLength(1)
  })
})

describe('dropCache', () => {
  it('leaves the data, and lets nothing else pass', async ({ expect }) => {
    const db = await openDatabase()
    await run(db, 'CREATE TABLE t (a)', 'INSERT INTO t VALUES (1)')
    const before = run(db, 'SELECT a FROM t')

    db.dropCache()

    expect(await before).toEqual([{ a: 1 }])
    expect(await run(db, 'SELECT a FROM t')).toEqual([{ a: 1 }])
    await expect(run(db, 'PRAGMA shrink_memory')).rejects.toThrow('not authorized')
  })
})
