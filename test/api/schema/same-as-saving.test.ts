/* A plan and a save of the same definition end in the same table with the same values. */
import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'

type Json = Readonly<Record<string, unknown>>

const text = (id: string, name: string, options: Json = {}) => ({
  type: 'text',
  id,
  name,
  ...options,
})
const select = (id: string, name: string, maxSelect: number) => ({
  type: 'select',
  id,
  name,
  maxSelect,
  values: ['a', 'b', 'c'],
})
const size = { type: 'number', id: 'f_size', name: 'size' }
const title = text('f_title', 'title')
const sub = text('f_sub', 'sub')
const tags = select('f_tags', 'tags', 3)
const kind = select('f_kind', 'kind', 1)
const meta = { type: 'json', id: 'f_meta', name: 'meta' }

/** Definitions. Each is changed to each other one. `TABLE` in indexes is the table. */
const states: readonly { readonly name: string; readonly definition: Json }[] = [
  { name: 'the first one', definition: { fields: [title, sub, size, tags, kind, meta] } },
  {
    name: 'renamed fields',
    definition: {
      fields: [text('f_title', 'headline'), sub, size, { ...tags, name: 'words' }, kind, meta],
    },
  },
  {
    name: 'exchanged names',
    definition: {
      fields: [text('f_title', 'sub'), text('f_sub', 'title'), size, tags, kind, meta],
    },
  },
  {
    name: 'one value instead of many, and many instead of one',
    definition: {
      fields: [title, sub, size, select('f_tags', 'tags', 1), select('f_kind', 'kind', 2), meta],
    },
  },
  {
    name: 'a dropped and a new field',
    definition: { fields: [title, size, tags, { type: 'bool', id: 'f_new', name: 'sub' }] },
  },
  {
    name: 'indexes',
    definition: {
      fields: [title, sub, size, tags, kind, meta],
      indexes: [
        'CREATE UNIQUE INDEX `i1_TABLE` ON `TABLE` (`size`)',
        "CREATE INDEX `i2_TABLE` ON `TABLE` (`title` COLLATE NOCASE) WHERE `sub` != ''",
      ],
    },
  },
  {
    name: 'stricter options and rules',
    definition: {
      fields: [text('f_title', 'title', { required: true, max: 5 }), sub, size, tags, kind, meta],
      listRule: "title != ''",
      viewRule: '',
    },
  },
  { name: 'no fields', definition: { fields: [] } },
]

const rows = [
  { title: 'long title', sub: 'x', size: 1, tags: ['a', 'c'], kind: 'b', meta: { a: 1 } },
  { title: '', sub: '', size: 2.5, tags: [], kind: '', meta: null },
  { title: 'é"\'', sub: 'y', size: 3, tags: ['b'], kind: 'a', meta: 'null' },
]

/** A definition for one of the two collections. Ids of fields are their own in each. */
function named(definition: Json, table: string): Json {
  const json = JSON.stringify(definition).replaceAll('TABLE', table)
  return { ...(JSON.parse(json) as Json), name: table, type: 'base' }
}

async function start() {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const expectStatus = (answer: { status: number; body: unknown }) => {
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
    return answer.body as Json
  }
  return {
    async create(table: string, definition: Json) {
      const body = named(definition, table)
      expectStatus(await app.post('/api/collections', body, { token }))
      // Without a field for it, no row has a value of its own for a unique index.
      const count = (definition['fields'] as readonly Json[]).length === 0 ? 1 : rows.length
      for (const [n, row] of rows.slice(0, count).entries()) {
        const id = `row00000000000${n}`
        const path = `/api/collections/${table}/records`
        const { status } = await app.post(path, { ...row, id }, { token })
        // Not every definition accepts every row.
        if (status !== 200) await app.post(path, { id, title: `t${n}`, size: n }, { token })
      }
    },
    save: async (table: string, definition: Json) =>
      expectStatus(
        await app.patch(
          `/api/collections/${table}`,
          { indexes: [], listRule: null, viewRule: null, ...named(definition, table) },
          { token },
        ),
      ),
    async apply(table: string, definition: Json) {
      const request = { collections: [named(definition, table)], drift: 'overwrite' }
      const first = expectStatus(await app.post('/api/schema/plan', request, { token }))
      const allow = (first['changes'] as readonly Json[]).flatMap((change) => change['allow'] ?? [])
      const body = { ...request, allow }
      const { revision } = expectStatus(await app.post('/api/schema/plan', body, { token }))
      expectStatus(await app.post('/api/schema/apply', { ...body, revision }, { token }))
    },
    /** Everything that is stored of a collection, with the table's name taken out. */
    async stored(table: string) {
      const { body } = await app.get(`/api/collections/${table}`, { token })
      const { id: _, created: __, updated: ___, ...definition } = body as Json
      const { results: values } = await bindings.DB.prepare(
        `SELECT * FROM "${table}" ORDER BY "id"`,
      ).all()
      const { results: columns } = await bindings.DB.prepare(
        `SELECT "name", "type", "notnull", "dflt_value" FROM pragma_table_info('${table}') ORDER BY "name"`,
      ).all()
      const { results: indexes } = await bindings.DB.prepare(
        `SELECT "name", "sql" FROM "sqlite_master" WHERE "type" = 'index' AND "tbl_name" = '${table}' ORDER BY "name"`,
      ).all()
      const all = JSON.stringify({ definition, values, columns, indexes })
      return JSON.parse(all.replaceAll(table, 'TABLE')) as unknown
    },
    async drop(table: string) {
      await app.delete(`/api/collections/${table}`, { token })
    },
  }
}

describe('a plan', () => {
  it.for(states)(
    'does what a save does, from $name to each other one',
    async (from, { expect }) => {
      const world = await start()
      for (const to of states.filter((each) => each !== from)) {
        await world.create('saved', from.definition)
        await world.create('planned', from.definition)

        await world.save('saved', to.definition)
        await world.apply('planned', to.definition)

        expect(await world.stored('planned'), to.name).toEqual(await world.stored('saved'))
        await world.drop('saved')
        await world.drop('planned')
      }
    },
  )
})
