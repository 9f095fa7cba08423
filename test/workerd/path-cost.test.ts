import { describe, it } from 'vitest'
import { bindings } from '../support/bindings.ts'
import { createBlog } from '../support/blog.ts'
import { createCollections } from '../support/collections.ts'
import { measuredDatabase } from '../support/measured-database.ts'
import { createTestApp } from '../support/test-app.ts'

/*
 * The cost of a guest's list must depend on the number of references, not on the paths they form:
 * four steps through posts and their tags lead from each of 1,000 posts to six million.
 */

/** Maximum rows that one list may read: a few times all references of all steps. */
const maxRowsRead = 800_000

/** The steps from each collection, and their targets. */
const steps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  essays: { topics: 'topics', writer: 'writers' },
  topics: { essays_via_topics: 'essays' },
  writers: { essays_via_writer: 'essays' },
}

/** All paths of at most `depth` steps, with their target collection. */
function pathsFrom(collection: string, depth: number): { path: string; end: string }[] {
  if (depth === 0) return []
  return Object.entries(steps[collection] ?? {}).flatMap(([step, end]) => [
    { path: step, end },
    ...pathsFrom(end, depth - 1).map((rest) => ({ ...rest, path: `${step}.${rest.path}` })),
  ])
}

async function createEssays() {
  const { app, admin } = await createBlog()
  await createCollections(
    app,
    admin.token,
    { name: 'topics', fields: [{ type: 'text', name: 'title' }] },
    { name: 'writers', fields: [{ type: 'text', name: 'title' }] },
    {
      name: 'essays',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'json', name: 'notes' },
        { type: 'select', name: 'kinds', values: ['a', 'b', 'c'], maxSelect: 3 },
        { type: 'relation', name: 'topics', collectionId: 'topics_id', maxSelect: 5 },
        { type: 'relation', name: 'writer', collectionId: 'writers_id', maxSelect: 1 },
      ],
    },
  )
  const series = (rows: number) =>
    `WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < ${rows})`
  await bindings.DB.batch([
    bindings.DB.prepare(
      `INSERT INTO "topics" ("id", "title") ${series(10)} SELECT printf('topic%010d', n), 'topic ' || n FROM series`,
    ),
    bindings.DB.prepare(
      `INSERT INTO "writers" ("id", "title") ${series(20)} SELECT printf('writer%09d', n), 'writer ' || n FROM series`,
    ),
    bindings.DB.prepare(
      `INSERT INTO "essays" ("id", "title", "notes", "kinds", "topics", "writer") ${series(1000)}
       SELECT printf('essay%010d', n), 'p' || n, json_object('a', n), '["a","b"]',
         json_array(${[0, 1, 3, 5, 7].map((k) => `printf('topic%010d', (n + ${k}) % 10)`).join()}),
         printf('writer%09d', n % 20) FROM series`,
    ),
  ])
  const measured = measuredDatabase()
  const measuredApp = createTestApp({ DB: measured.DB })
  await measuredApp.get('/api/collections/essays/records?perPage=1&skipTotal=1')
  measured.takeRowsRead()
  return { app: measuredApp, takeRowsRead: measured.takeRowsRead }
}

const list = '/api/collections/essays/records?perPage=1'

describe('a list of a thousand records that refer to each other', () => {
  it('reads few rows by any path of four steps', { timeout: 240_000 }, async ({ expect }) => {
    const { app, takeRowsRead } = await createEssays()
    const paths = pathsFrom('essays', 4)
    const filters = paths.flatMap(({ path, end }) => [
      ...["= 'zz'", "!= 'zz'", "~ 'zz'", "?!~ 'zz'", "?> 'zz'"].map(
        (test) => `${path}.title ${test}`,
      ),
      ...(end === 'essays'
        ? [`${path}.notes.a != 1`, `${path}.kinds:each = 'c'`, `${path}.topics:length > 5`]
        : []),
    ])
    const far = 'topics.essays_via_topics.topics.essays_via_topics.title'
    filters.push(`${far} != 'a' || ${far} != 'b'`, `title ~ 'p' && (${far} = 'a' || ${far} ~ 'p')`)
    const queries = [
      ...filters.map((filter) => `filter=${encodeURIComponent(filter)}`),
      ...paths.map(({ path }) => `sort=${path}.title`),
      ...paths.map(
        ({ path }) => `sort=${path}.title&filter=${encodeURIComponent(`${path}.title != 'zz'`)}`,
      ),
    ]

    const findings: Record<string, unknown> = {}
    for (const query of queries) {
      const { status } = await app.get(`${list}&${query}`)
      const rowsRead = takeRowsRead()
      if (status !== 200 || rowsRead > maxRowsRead) findings[query] = { status, rowsRead }
    }

    expect(paths).toHaveLength(12)
    expect(findings).toEqual({})
  })

  it('is rejected if a filter combines too many of them', async ({ expect }) => {
    const { app, takeRowsRead } = await createEssays()
    const filters = [
      'topics.essays_via_topics.title ~ title',
      'topics.essays_via_topics.title = writer.essays_via_writer.title',
      'writer.essays_via_writer.topics.essays_via_topics.title ?= title',
    ]

    for (const filter of filters) {
      const { status, body } = await app.get(`${list}&filter=${encodeURIComponent(filter)}`)

      expect([filter, status]).toEqual([filter, 400])
      expect(body).toMatchObject({
        message: 'The filter compares too many combinations of related records.',
      })
    }
    expect(takeRowsRead()).toBeLessThan(6 * maxRowsRead)
  })

  it('compares its own values with values of related records', async ({ expect }) => {
    const { app } = await createEssays()

    const { status, body } = await app.get(`${list}&filter=topics.title ?!= title`)

    expect(status).toBe(200)
    expect(body).toMatchObject({ totalItems: 1000 })
  })
})
