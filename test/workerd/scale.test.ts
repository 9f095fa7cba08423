import { describe, it } from 'vitest'
import { signUp } from '../support/accounts.ts'
import { bindings } from '../support/bindings.ts'
import { createBlog } from '../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../support/collections.ts'
import { measuredDatabase } from '../support/measured-database.ts'
import { createTestApp } from '../support/test-app.ts'

/*
 * The cost of a request must not depend on the amount of data. D1 reports the rows it reads; a
 * table scan would read two hundred thousand.
 */

const rowCount = 200_000
const authors = 200

async function createLargeTable() {
  const { app, admin } = await createBlog()
  const user = await signUp(app, 'user@example.com')
  await createCollections(
    ...([app, admin.token] as const),
    { name: 'writers', fields: [{ type: 'text', name: 'name' }] },
    {
      name: 'events',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'number', name: 'score' },
        { type: 'text', name: 'kind' },
        { type: 'relation', name: 'writer', collectionId: 'writers_id', maxSelect: 1 },
        { type: 'relation', name: 'owner', collectionId: '_pb_users_auth_', maxSelect: 1 },
      ],
      indexes: [
        'CREATE INDEX `idx_events_score` ON `events` (`score`)',
        'CREATE INDEX `idx_events_kind` ON `events` (`kind`)',
        'CREATE INDEX `idx_events_writer` ON `events` (`writer`)',
        'CREATE INDEX `idx_events_owner` ON `events` (`owner`, `score`)',
      ],
    },
  )
  const series = (last: number) =>
    `WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < ${last})`
  await bindings.DB.batch([
    bindings.DB.prepare(
      `INSERT INTO "writers" ("id", "name") ${series(authors)} SELECT printf('writer%09d', n), 'w' || n FROM series`,
    ),
    bindings.DB.prepare(
      `INSERT INTO "events" ("id", "title", "score", "kind", "writer", "owner")
       ${series(rowCount)}
       SELECT printf('event%010d', n), 'title ' || n, n, iif(n % 2000 = 0, 'rare', 'common'),
         printf('writer%09d', n % ${authors}), iif(n % 1000 = 0, ?, '') FROM series`,
    ).bind(user.id),
  ])
  const measured = measuredDatabase()
  const measuredApp = createTestApp({ DB: measured.DB })
  await measuredApp.get('/api/collections/events/records?perPage=1&skipTotal=1')
  measured.takeRowsRead()
  return { app: measuredApp, admin, user, takeRowsRead: measured.takeRowsRead }
}

const path = '/api/collections/events/records'

describe('of two hundred thousand records', () => {
  it('no request reads more than it needs', { timeout: 120_000 }, async ({ expect }) => {
    const { app, admin, user, takeRowsRead } = await createLargeTable()
    const filter = (text: string) => `filter=${encodeURIComponent(text)}`
    const page = 'perPage=30&skipTotal=1'
    const token = user.token
    /** Name, request, and the maximum of rows it may read. */
    const requests: readonly (readonly [string, () => Promise<{ status: number }>, number])[] = [
      ['a view', () => app.get(`${path}/event0000100000`), 10],
      ['a first page', () => app.get(`${path}?${page}`), 40],
      ['a page in the order of an index', () => app.get(`${path}?${page}&sort=-score`), 70],
      [
        'a page by an index, in the order of another',
        () => app.get(`${path}?${page}&sort=score&${filter("kind = 'rare'")}`),
        400,
      ],
      [
        'a page of a range, in order',
        () => app.get(`${path}?${page}&sort=score&${filter('score > 100000')}`),
        70,
      ],
      [
        'a page of either value',
        () => app.get(`${path}?${page}&${filter("kind = 'rare' || score = 7")}`),
        400,
      ],
      ['a count by an index', () => app.get(`${path}?perPage=1&${filter("kind = 'rare'")}`), 250],
      ['a count of what equals a number', () => app.get(`${path}?${filter('score = 7')}`), 10],
      ['a count of nothing', () => app.get(`${path}?${filter("kind = 'none'")}`), 10],
      [
        'a page with relations',
        () => app.get(`${path}?${page}&sort=-score&expand=writer,owner`),
        // The related records are read again to count their bytes.
        350,
      ],
      [
        'a page by a related value, in order',
        () => app.get(`${path}?${page}&sort=-score&${filter("writer.name != 'none'")}`),
        250,
      ],
      [
        'a writer with the records that refer back',
        () => app.get('/api/collections/writers/records/writer000000007?expand=events_via_writer'),
        9000,
      ],
      ['a create', () => app.post(path, { title: 'new', writer: 'writer000000007' }), 30],
      ['an update', () => app.patch(`${path}/event0000100000`, { 'score+': 1 }), 40],
      ['a delete', () => app.delete(`${path}/event0000100001`), 20],
      [
        'a delete of what a thousand records refer to',
        () => app.delete('/api/collections/writers/records/writer000000008'),
        8000,
      ],
    ]
    const findings: Record<string, unknown> = {}
    for (const [name, send, most] of requests) {
      const { status } = await send()
      const rowsRead = takeRowsRead()
      if (status >= 300 || rowsRead > most) findings[name] = { status, rowsRead, most }
    }

    await changeCollection(app, admin.token, 'events', {
      listRule: "@request.auth.id != '' && owner = @request.auth.id",
      viewRule: '@request.auth.verified = false && owner.id = @request.auth.id',
    })
    const guarded: readonly (readonly [string, string, number])[] = [
      ['a page by a rule, in order', `${path}?${page}&sort=-score`, 100],
      ['a count by a rule', `${path}?perPage=1`, 450],
      ['a view by a rule', `${path}/event0000100000`, 20],
    ]
    for (const [name, url, most] of guarded) {
      await app.get(url, { token })
      takeRowsRead()
      const { status } = await app.get(url, { token })
      const rowsRead = takeRowsRead()
      if (status >= 300 || rowsRead > most) findings[name] = { status, rowsRead, most }
    }

    expect(findings).toEqual({})
  })
})

describe('a record of two hundred relations', () => {
  it('is created, updated, listed, expanded, filtered and deleted', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      name: 'crowds',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'relation', name: 'tags', collectionId: 'tags_id', maxSelect: 300 },
      ],
    })
    await bindings.DB.prepare(
      `INSERT INTO "tags" ("id", "title") WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 249)
       SELECT printf('tag%012d', n), 'tag ' || n FROM series`,
    ).run()
    const ids = Array.from({ length: 250 }, (_, n) => `tag${String(n).padStart(12, '0')}`)
    const crowds = '/api/collections/crowds/records'

    const created = await app.post(`${crowds}?expand=tags`, { tags: ids.slice(0, 200) })
    const { id } = created.body as { id: string }
    const more = await app.patch(`${crowds}/${id}`, { 'tags+': ids.slice(150) })
    const list = await app.get(`${crowds}?expand=tags`)
    const found = await app.get(`${crowds}?filter=(tags.title?='tag 249')`)
    const all = await app.get(`${crowds}?filter=(tags.title~'tag'%26%26tags:length=250)`)
    await app.delete(`/api/collections/tags/records/${ids[249]}`)
    const after = await app.get(`${crowds}/${id}`)

    expect((created.body as { expand: { tags: unknown[] } }).expand.tags).toHaveLength(200)
    expect(more.body).toMatchObject({ tags: ids })
    const [listed] = (list.body as { items: { expand: { tags: { id: string }[] } }[] }).items
    expect(listed?.expand.tags.map((tag) => tag.id)).toEqual(ids)
    expect([found.body, all.body]).toMatchObject([{ totalItems: 1 }, { totalItems: 1 }])
    expect(after.body).toMatchObject({ tags: ids.slice(0, 249) })
  })
})

// A table of D1 has a hundred columns, and so has the result of a select.
describe('a collection with the maximum number of fields', () => {
  const types: readonly Readonly<Record<string, unknown>>[] = [
    { type: 'text', max: 100, pattern: '^.*$' },
    { type: 'number', min: -5, max: 500 },
    { type: 'bool' },
    { type: 'email' },
    { type: 'url' },
    { type: 'editor' },
    { type: 'date' },
    { type: 'json' },
    { type: 'geoPoint' },
    { type: 'select', values: ['a', 'b', 'c'], maxSelect: 3 },
    { type: 'relation', collectionId: 'tags_id', maxSelect: 9, minSelect: 1 },
    { type: 'file', maxSelect: 5 },
  ]

  it.for([
    ['of every type', types, 96],
    ['of lists', types.slice(9, 11), 96],
    ['of relations', types.slice(10, 11), 96],
  ] as const)('%s can be written and read', async ([, kinds, count], { expect }) => {
    const { app, admin } = await createBlog()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
    const fields = Array.from({ length: count }, (_, n) => {
      const { type, ...options } = kinds[n % kinds.length] ?? {}
      return { type, name: `f${n}`, ...options }
    })
    await createCollections(app, admin.token, { name: 'wide', fields })
    const values: Readonly<Record<string, unknown>> = {
      ...{ text: 'x', number: 7, bool: true, email: 'a@example.com', url: 'https://example.com' },
      ...{ editor: '<p>x</p>', date: '2026-01-02 03:04:05.678Z', json: { a: [1, 'b'] } },
      ...{ geoPoint: { lon: 1.5, lat: 2 }, select: ['a', 'b'], relation: [tag], file: [] },
    }
    const body = Object.fromEntries(fields.map(({ name, type }) => [name, values[String(type)]]))
    const wide = '/api/collections/wide/records'
    await createCollections(app, admin.token, {
      name: 'referrers',
      fields: [{ type: 'relation', name: 'wide', collectionId: 'wide_id', maxSelect: 9 }],
    })
    const isList = (type: unknown) => type === 'relation' || type === 'select'
    const changes = Object.fromEntries(
      fields.map(({ name, type }, n) =>
        isList(type) && n < 24
          ? [`${name}+`, type === 'select' ? 'c' : tag]
          : [name, values[String(type)]],
      ),
    )

    const created = await app.post(wide, body)
    const { id = '' } = created.body as { id?: string }
    const changed = await app.patch(`${wide}/${id}?expand=f10,f1,referrers_via_wide`, changes)
    const untouched = await app.patch(`${wide}/${id}`, {})
    await createRecords(app, admin.token, 'referrers', { wide: [id] })
    const viewed = await app.get(`${wide}/${id}?expand=referrers_via_wide,f10,f1`)
    const expanded = await app.get('/api/collections/referrers/records?expand=wide.f10,wide.f1')
    const back = await app.get(
      `/api/collections/tags/records/${tag}?expand=wide_via_f10,wide_via_f1`,
    )
    const listed = await app.get(
      `${wide}?sort=f0,f1,f2,f3,f4,f5,f6,f7&filter=(f0!='y'%26%26f95!='y')`,
    )
    const excessive = await app.patch(
      `${wide}/${id}`,
      Object.fromEntries(
        fields.map(({ name, type }) => [
          isList(type) ? `${name}+` : name,
          type === 'select' ? 'c' : values[String(type)],
        ]),
      ),
    )
    const deleted = await app.delete(`${wide}/${id}`)

    expect(created.body).toMatchObject({ ...body })
    const answers = [changed, untouched, viewed, expanded, back, listed]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(viewed.body).toMatchObject({ expand: { referrers_via_wide: [{ wide: [id] }] } })
    expect(expanded.body).toMatchObject({ items: [{ expand: { wide: [{ id }] } }] })
    expect(listed.body).toMatchObject({ totalItems: 1, items: [{ id }] })
    expect([200, 413]).toContain(excessive.status)
    expect(deleted.status).toBe(204)
  })
})
