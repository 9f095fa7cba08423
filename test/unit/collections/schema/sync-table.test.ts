import { DatabaseSync } from 'node:sqlite'
import type { SQL } from 'drizzle-orm'
import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import type { CollectionDefinition } from '#catalog/definition.ts'
import {
  createTable,
  createViews,
  dropTable,
  dropViews,
  maxFields,
  syncTable,
} from '#collections/schema/sync-table.ts'
import type { ViewDefinition } from '#collections/views/view-dependencies.ts'
import { renameInViewQuery } from '#collections/views/view-query.ts'
import { toStatement } from '#database/statement.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'

const common = { system: false, hidden: false, presentable: false, help: '', required: false }
const textOptions = { autogeneratePattern: '', max: 0, min: 0, pattern: '', primaryKey: false }

function text(id: string, name = id): FieldDefinition {
  return { ...common, ...textOptions, id, name, type: 'text' }
}

function number(id: string, name = id): FieldDefinition {
  return { ...common, min: null, max: null, onlyInt: false, id, name, type: 'number' }
}

function json(id: string, name = id): FieldDefinition {
  return { ...common, maxSize: 0, id, name, type: 'json' }
}

function select(id: string, maxSelect: number, name = id): FieldDefinition {
  return { ...common, maxSelect, values: ['a', 'b', 'c'], id, name, type: 'select' }
}

const idField: FieldDefinition = {
  ...text('id'),
  primaryKey: true,
  required: true,
  system: true,
  pattern: '^[a-z0-9]+$',
}

const rules = {
  listRule: null,
  viewRule: null,
  createRule: null,
  updateRule: null,
  deleteRule: null,
}
const meta = { system: false, created: '', updated: '', ...rules }

function base(
  fields: readonly FieldDefinition[],
  options: { name?: string; indexes?: readonly string[] } = {},
): CollectionDefinition {
  const { name = 'posts', indexes = [] } = options
  const own = { id: 'pbc_posts', name, indexes, fields: [idField, ...fields] }
  return { ...meta, ...own, type: 'base', options: {} }
}

function view(name: string, viewQuery: string): ViewDefinition {
  const own = { id: `pbc_${name}`, name, indexes: [], fields: [idField] }
  return { ...meta, ...own, type: 'view', options: { viewQuery } }
}

function createDatabase(...definitions: readonly CollectionDefinition[]): DatabaseSync {
  const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true })
  for (const definition of definitions) apply(db, createTable(definition))
  return db
}

/** Runs statements as one batch, like D1. */
function apply(db: DatabaseSync, statements: readonly SQL[]): void {
  db.exec('BEGIN')
  try {
    for (const statement of statements) db.prepare(toStatement(statement).sql).all()
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

const rowsOf = (db: DatabaseSync, table = 'posts') =>
  db.prepare(`SELECT * FROM \`${table}\` ORDER BY id`).all()

/** The whole schema, except for the order of columns. */
function schemaOf(db: DatabaseSync): unknown {
  const objects = db
    .prepare(`SELECT type, name, tbl_name, CASE type WHEN 'table' THEN '' ELSE sql END AS sql
      FROM sqlite_master ORDER BY type, name`)
    .all()
  const columns = db
    .prepare(`SELECT m.name AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk
      FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' ORDER BY 1, 2`)
    .all()
  return { objects, columns }
}

const sqlOf = (statements: readonly SQL[]) => statements.map((query) => toStatement(query).sql)

describe('createTable', () => {
  it('sorts the columns by name as PocketBase does', ({ expect }) => {
    const definition = base([text('title'), select('tags', 2), number('N'), json('meta')])

    const [create] = sqlOf(createTable(definition))

    expect(create).toBe(
      'CREATE TABLE "posts" ("N" NUMERIC DEFAULT 0 NOT NULL, ' +
        `"id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, ` +
        `"meta" JSON DEFAULT NULL, "tags" JSON DEFAULT '[]' NOT NULL, "title" TEXT DEFAULT '' NOT NULL)`,
    )
  })

  it('creates indexes on its own table only', ({ expect }) => {
    const definition = base([text('title')], {
      indexes: ['create unique index i on users ("title") where title <> ";" ;'],
    })

    expect(sqlOf(createTable(definition))[1]).toBe(
      'CREATE UNIQUE INDEX `i` ON `posts` (`title`) WHERE title <> ";"',
    )
  })

  it('casts the ids of a view’s records to text', ({ expect }) => {
    const db = createDatabase(
      base([number('n')]),
      view('v', 'SELECT (ROW_NUMBER() OVER()) AS id, n FROM posts -- all'),
    )
    db.exec("INSERT INTO posts (id, n) VALUES ('a', 5)")

    expect(rowsOf(db, 'v')).toEqual([{ id: '1', n: 5 }])
  })

  it('fails for a view that cannot be read', ({ expect }) => {
    const create = () => createDatabase(view('v', 'SELECT id FROM nowhere'))

    expect(create).toThrow('no such table: main.nowhere')
  })
})

describe('syncTable', () => {
  it('has nothing to do when only options change', ({ expect }) => {
    const indexes = ['CREATE INDEX i ON posts (title)']
    const previous = base([text('title')], { indexes })
    const next = base([{ ...text('title'), max: 5, required: true }], { indexes })

    expect(syncTable(previous, next, [])).toEqual([])
  })

  it('fills a new column with its default and leaves the indexes in place', ({ expect }) => {
    const indexes = ['CREATE INDEX i ON posts (title)']
    const previous = base([text('title')], { indexes })
    const next = base([text('title'), select('tags', 2), number('n')], { indexes })
    const db = createDatabase(previous)
    db.exec("INSERT INTO posts (id, title) VALUES ('a', 'x')")

    const statements = syncTable(previous, next, [])
    apply(db, statements)

    expect(sqlOf(statements).filter((query) => query.includes('INDEX'))).toEqual([])
    expect(rowsOf(db)).toEqual([{ id: 'a', title: 'x', tags: '[]', n: 0 }])
  })

  it.for([
    { name: 'swaps two names', names: { a: 'b', b: 'a', c: 'c' } },
    { name: 'moves names around in a circle', names: { a: 'b', b: 'c', c: 'a' } },
    { name: 'moves names along a chain', names: { a: 'b', b: 'c', c: 'd' } },
    { name: 'changes case', names: { a: 'A', b: 'b', c: 'C' } },
    { name: 'swaps names and changes case', names: { a: 'B', b: 'A', c: 'c' } },
  ])('$name of fields and keeps each value with its field', ({ names }, { expect }) => {
    const previous = base([text('a'), text('b'), text('c')])
    const next = base([text('a', names.a), text('b', names.b), text('c', names.c)])
    const db = createDatabase(previous)
    db.exec("INSERT INTO posts (id, a, b, c) VALUES ('r', 'of a', 'of b', 'of c')")

    apply(db, syncTable(previous, next, []))

    expect(rowsOf(db)).toEqual([
      { id: 'r', [names.a]: 'of a', [names.b]: 'of b', [names.c]: 'of c' },
    ])
  })

  it('creates a new column for a new field with a dropped name', ({ expect }) => {
    const previous = base([text('old', 'title')])
    const next = base([text('new', 'Title')])
    const db = createDatabase(previous)
    db.exec("INSERT INTO posts (id, title) VALUES ('a', 'gone')")

    apply(db, syncTable(previous, next, []))

    expect(rowsOf(db)).toEqual([{ id: 'a', Title: '' }])
  })

  it.for([
    { from: '', to: '[]' },
    { from: 'a', to: '["a"]' },
    { from: '12', to: '["12"]' },
    { from: 'say "hi"', to: '["say \\"hi\\""]' },
    { from: '["a","b"]', to: '["a","b"]' },
    { from: '{"a":1}', to: '["{\\"a\\":1}"]' },
    { from: '[broken', to: '["[broken"]' },
  ])('turns the single value $from into the list $to', ({ from, to }, { expect }) => {
    const previous = base([select('s', 1)])
    const db = createDatabase(previous)
    db.prepare("INSERT INTO posts (id, s) VALUES ('a', ?)").run(from)

    apply(db, syncTable(previous, base([select('s', 2)]), []))

    expect(rowsOf(db)).toEqual([{ id: 'a', s: to }])
  })

  it.for([
    { from: '[]', to: '' },
    { from: '["a"]', to: 'a' },
    { from: '["a","b"]', to: 'b' },
    { from: '["a",null]', to: '' },
    { from: '[1,2]', to: '2' },
    { from: '', to: '' },
    { from: 'a', to: 'a' },
    { from: '12', to: '12' },
    { from: '"a"', to: '"a"' },
  ])('turns the list $from into the single value $to', ({ from, to }, { expect }) => {
    const previous = base([select('s', 2)])
    const db = createDatabase(previous)
    db.prepare("INSERT INTO posts (id, s) VALUES ('a', ?)").run(from)

    apply(db, syncTable(previous, base([select('s', 0)]), []))

    expect(rowsOf(db)).toEqual([{ id: 'a', s: to }])
  })

  it('never needs more columns at a time than D1 allows', ({ expect }) => {
    const ids = Array.from({ length: maxFields - 1 }, (_, n) => `f${n}`)
    const previous = base(ids.map((id) => select(id, 1)))
    const next = base(ids.map((id, n) => select(n % 2 ? id : `new_${id}`, 2, ids.at(n - 1))))
    const db = createDatabase(previous)

    const widths = syncTable(previous, next, []).map((statement) => {
      db.exec(toStatement(statement).sql)
      return db.prepare("SELECT count(*) AS n FROM pragma_table_info('posts')").get()?.['n']
    })

    expect(Math.max(...widths.map(Number))).toBeLessThanOrEqual(100)
    expect(widths.at(-1)).toBe(maxFields)
  })

  it.for(['articles', 'Posts'])('renames the table to %s with its indexes', (name, { expect }) => {
    const previous = base([text('title')], { indexes: ['CREATE INDEX i ON posts (title)'] })
    const next = base([text('title')], { name, indexes: [`CREATE INDEX i ON ${name} (title)`] })
    const db = createDatabase(previous)
    db.exec("INSERT INTO posts (id, title) VALUES ('a', 'x')")

    apply(db, syncTable(previous, next, []))

    expect(rowsOf(db, name)).toEqual([{ id: 'a', title: 'x' }])
    expect(schemaOf(db)).toEqual(schemaOf(createDatabase(next)))
  })

  it('replaces only the changed indexes', ({ expect }) => {
    const [kept, changed] = ['CREATE INDEX a ON posts (title)', 'CREATE INDEX b ON posts (title)']
    const previous = base([text('title')], { indexes: [kept, changed] })
    const next = base([text('title')], { indexes: [`${changed} WHERE title > ''`, kept] })

    expect(sqlOf(syncTable(previous, next, []))).toEqual([
      'DROP INDEX IF EXISTS "b"',
      "CREATE INDEX `b` ON `posts` (`title`) WHERE title > ''",
    ])
  })

  it('changes nothing when rows break a new unique index', ({ expect }) => {
    const previous = base([text('a', 'title')])
    const next = base([text('a', 'name'), text('b')], {
      indexes: ['CREATE UNIQUE INDEX i ON posts (name)'],
    })
    const db = createDatabase(previous)
    db.exec("INSERT INTO posts (id, title) VALUES ('a', 'x'), ('b', 'x')")
    const before = schemaOf(db)

    const sync = () => apply(db, syncTable(previous, next, []))

    expect(sync).toThrow('UNIQUE constraint failed: posts.name')
    expect(schemaOf(db)).toEqual(before)
  })

  it('recreates views that read the table, directly or through each other', ({ expect }) => {
    const previous = base([text('title'), text('n'), text('gone')])
    const next = base([text('title'), text('n', 'title2')])
    const views = [view('outer', 'SELECT id FROM Inner'), view('inner', 'SELECT id FROM posts')]
    const db = createDatabase(previous)
    apply(db, createViews(views))

    apply(db, syncTable(previous, next, views))

    expect(schemaOf(db)).toEqual(schemaOf(createDatabase(next, ...views.toReversed())))
  })

  it('changes nothing if a view can no longer be read', ({ expect }) => {
    const previous = base([text('title')])
    const views = [view('v', 'SELECT id, posts.title FROM posts')]
    const db = createDatabase(previous, ...views)
    const before = schemaOf(db)

    const sync = () => apply(db, syncTable(previous, base([text('title', 'name')]), views))

    expect(sync).toThrow('no such column: posts.title')
    expect(schemaOf(db)).toEqual(before)
  })

  it('replaces a view together with those that read it', ({ expect }) => {
    const table = base([text('title')])
    const previous = view('inner', 'SELECT id FROM posts')
    const next = { ...view('inner', 'SELECT id, title FROM posts'), name: 'Inner' }
    const outer = view('outer', 'SELECT id FROM inner')
    const db = createDatabase(table, previous, outer)

    apply(db, syncTable(previous, next, [previous, outer]))

    expect(schemaOf(db)).toEqual(schemaOf(createDatabase(table, next, outer)))
  })

  it('fails for circular views', ({ expect }) => {
    const previous = view('a', 'SELECT id FROM posts')
    const other = view('b', 'SELECT id FROM a')
    const db = createDatabase(base([]), previous, other)

    const sync = () =>
      apply(db, syncTable(previous, view('a', 'SELECT id FROM b'), [previous, other]))

    expect(sync).toThrow('circularly defined')
  })
})

describe('dropTable', () => {
  it('drops everything of a table or a view', ({ expect }) => {
    const table = base([text('title')], { indexes: ['CREATE INDEX i ON posts (title)'] })
    const views = [view('v', 'SELECT id FROM posts')]
    const db = createDatabase(table, ...views)

    apply(db, [...dropViews(views), ...dropTable(table)])

    expect(schemaOf(db)).toEqual({ objects: [], columns: [] })
  })
})

// A random history of one collection: rows keep their values, and the schema equals that of
// creating the last definition.
describe('a history of changes', () => {
  const names = ['a', 'B', 'c_1', 'order', 'Index']
  const kinds = ['text', 'number', 'json', 'single', 'multiple'] as const
  const fieldOf = {
    text,
    number,
    json,
    single: (id: string, name: string) => select(id, 1, name),
    multiple: (id: string, name: string) => select(id, 3, name),
  }
  type Kind = (typeof kinds)[number]
  const samples: Readonly<Record<Kind, string | number>> = {
    text: `it's`,
    number: 1.5,
    json: '{"k":[1]}',
    single: 'b',
    multiple: '["a","c"]',
  }
  const zeros = { text: '', number: 0, json: null, single: '', multiple: '[]' }

  interface Column {
    readonly id: string
    readonly kind: Kind
    readonly name: string
    readonly value: string | number | null
  }

  const isSelect = (kind: Kind) => kind === 'single' || kind === 'multiple'

  function converted(column: Column | undefined, kind: Kind): Column['value'] {
    if (column === undefined) return zeros[kind]
    if (column.kind === kind) return column.value
    if (kind === 'multiple') return column.value === '' ? '[]' : JSON.stringify([column.value])
    const list: string[] = JSON.parse(String(column.value))
    return list.at(-1) ?? ''
  }

  const slot = fc.record({
    id: fc.integer({ min: 0, max: 6 }),
    kind: fc.constantFrom(...kinds),
    isUpperCase: fc.boolean(),
  })
  const version = fc.record({
    table: fc.constantFrom('posts', 'Posts', 'articles'),
    slots: fc.uniqueArray(slot, { selector: ({ id }) => id, maxLength: names.length }),
    order: fc.shuffledSubarray(names, { minLength: names.length }),
    isIndexed: fc.boolean(),
    isRewritten: fc.boolean(),
  })

  it('keeps every value and ends in the schema of the last definition', ({ expect }) => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 6 }), (versions) => {
        let current = base([])
        let views = [view('v', 'SELECT id FROM posts'), view('w', 'SELECT v.id FROM v')]
        let columns: Column[] = []
        const db = createDatabase(current, ...views)
        db.exec("INSERT INTO posts (id) VALUES ('r')")

        for (const { table, slots, order, isIndexed, isRewritten } of versions) {
          columns = slots.map(({ id, kind: wished, isUpperCase }, position) => {
            const before = columns.find((column) => column.id === `f${id}`)
            const isFree = before === undefined || (isSelect(before.kind) && isSelect(wished))
            const kind = isFree ? wished : before.kind
            const name = order[position] ?? ''
            const cased = isUpperCase ? name.toUpperCase() : name
            return { id: `f${id}`, kind, name: cased, value: converted(before, kind) }
          })
          const next = base(
            columns.map(({ id, kind, name }) => fieldOf[kind](id, name)),
            {
              name: table,
              indexes: isIndexed
                ? columns.map(({ name }) => `CREATE INDEX i_${name} ON ${table} (\`${name}\`)`)
                : [],
            },
          )
          views = views.map(({ name, options }) =>
            view(name, renameInViewQuery(options.viewQuery, current.name, table)),
          )

          apply(db, syncTable(current, next, views))
          current = next

          const row = Object.fromEntries(columns.map(({ name, value }) => [name, value]))
          expect(rowsOf(db, table)).toEqual([{ id: 'r', ...row }])
          expect(schemaOf(db)).toEqual(schemaOf(createDatabase(next, ...views)))

          if (!isRewritten) continue
          columns = columns.map((column) => ({ ...column, value: samples[column.kind] }))
          for (const { name, value } of columns) {
            db.prepare(`UPDATE \`${table}\` SET \`${name}\` = ?`).run(value)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
