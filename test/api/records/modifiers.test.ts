import { describe, it } from 'vitest'
import { createBlog } from '../../support/blog.ts'
import { codesOf, createCollections } from '../../support/collections.ts'
import type { TestApp } from '../../support/test-app.ts'

const path = '/api/collections/things/records'

async function createThings(): Promise<TestApp> {
  const { app, admin } = await createBlog()
  const values = ['a', 'b', 'c', 'd']
  await createCollections(app, admin.token, {
    name: 'things',
    fields: [
      { type: 'number', name: 'n', max: 100 },
      { type: 'select', name: 'one', values, maxSelect: 1 },
      { type: 'select', name: 'many', values, maxSelect: 3 },
      {
        ...{ type: 'text', name: 'code', autogeneratePattern: '[0-9]{4}' },
        ...{ pattern: '^[a-z]*[0-9]+$' },
      },
    ],
  })
  return app
}

type Outcome = Readonly<Record<string, unknown>>

/** The stored value, the submitted body, and the result. */
const cases: readonly (readonly [name: string, stored: Outcome, body: Outcome, next: Outcome])[] = [
  ['adds', { n: 10 }, { 'n+': 2.5 }, { n: 12.5 }],
  ['subtracts', { n: 10 }, { 'n-': 12 }, { n: -2 }],
  ['adds what looks like a number', { n: 10 }, { 'n+': '2' }, { n: 12 }],
  ['adds nothing for what is none', { n: 10 }, { 'n+': 'x' }, { n: 10 }],
  ['adds to a value of the same request', { n: 10 }, { 'n+': 2, n: 5 }, { n: 7 }],
  ['adds and subtracts', { n: 10 }, { 'n+': 5, 'n-': 1 }, { n: 14 }],
  ['appends one', { many: ['a'] }, { 'many+': 'b' }, { many: ['a', 'b'] }],
  ['appends several', { many: ['a'] }, { 'many+': ['c', 'b'] }, { many: ['a', 'c', 'b'] }],
  ['appends no duplicate', { many: ['a', 'b'] }, { 'many+': ['a'] }, { many: ['a', 'b'] }],
  ['prepends', { many: ['a'] }, { '+many': ['b', 'c'] }, { many: ['b', 'c', 'a'] }],
  ['prepends what is there already', { many: ['a', 'b'] }, { '+many': 'b' }, { many: ['b', 'a'] }],
  ['removes one', { many: ['a', 'b'] }, { 'many-': 'a' }, { many: ['b'] }],
  ['removes several', { many: ['a', 'b', 'c'] }, { 'many-': ['a', 'c'] }, { many: ['b'] }],
  ['removes what is not there', { many: ['a'] }, { 'many-': ['d'] }, { many: ['a'] }],
  ['appends and removes', { many: ['a'] }, { 'many+': 'b', 'many-': 'a' }, { many: ['b'] }],
  [
    'appends to what was sent',
    { many: ['a'] },
    { many: ['b'], 'many+': 'c' },
    { many: ['b', 'c'] },
  ],
  ['replaces one by appending', { one: 'a' }, { 'one+': 'b' }, { one: 'b' }],
  ['sets one by appending', {}, { 'one+': 'b' }, { one: 'b' }],
  ['keeps one when prepending', { one: 'a' }, { '+one': 'b' }, { one: 'a' }],
  ['sets one by prepending', {}, { '+one': 'b' }, { one: 'b' }],
  ['clears one', { one: 'a' }, { 'one-': 'a' }, { one: '' }],
  ['clears no other one', { one: 'a' }, { 'one-': 'b' }, { one: 'a' }],
  [
    'ignores modifiers there are none of',
    { n: 1 },
    { 'n*': 2, '-n': 3, '+n': 4, 'n:x': 5 },
    { n: 1 },
  ],
]

describe('a modifier', () => {
  it.for(cases)('%s', async ([, stored, body, next], { expect }) => {
    const app = await createThings()
    const { id } = (await app.post(path, stored)).body as { id: string }

    const changed = await app.patch(`${path}/${id}`, body)

    expect(changed.body).toMatchObject(next)
    expect((await app.get(`${path}/${id}`)).body).toEqual(changed.body)
  })

  it('starts from a blank record on create', async ({ expect }) => {
    const app = await createThings()

    const { body } = await app.post(path, { 'n+': 2, 'n-': 5, 'many+': ['b'], '+many': 'a' })

    const { n, many } = body as { n: number; many: string[] }
    expect(n).toBe(-3)
    expect(many.toSorted()).toEqual(['a', 'b'])
  })

  it('appends a newly generated value each time', async ({ expect }) => {
    const app = await createThings()

    const created = await app.post(path, { 'code:autogenerate': 'abc' })
    const { id, code } = created.body as { id: string; code: string }
    const { body } = await app.patch(`${path}/${id}`, { 'code:autogenerate': 'x' })

    expect(code).toMatch(/^abc\d{4}$/)
    expect(body).toMatchObject({ code: expect.stringMatching(/^x\d{4}$/) })
  })

  it('fills a blank string only on create', async ({ expect }) => {
    const app = await createThings()

    const { id, code } = (await app.post(path, {})).body as { id: string; code: string }
    const { body } = await app.patch(`${path}/${id}`, { code: '' })

    expect(code).toMatch(/^\d{4}$/)
    expect(body).toMatchObject({ code: '' })
  })

  it.for([
    [{ n: 99 }, { 'n+': 2 }, { n: 'validation_max_number_constraint' }],
    [{ n: 1 }, { 'n+': 1e308, 'n-': -1e308 }, { n: 'validation_not_a_number' }],
    [{ many: ['a'] }, { 'many+': ['b', 'c', 'd'] }, { many: 'validation_too_many_values' }],
    [{ many: ['a'] }, { 'many+': 'x' }, { many: 'validation_invalid_value' }],
    [{ one: 'a' }, { 'one+': 'x' }, { one: 'validation_invalid_value' }],
    [{ code: 'a1' }, { 'code:autogenerate': '!' }, { code: 'validation_invalid_format' }],
  ] as const)(
    'is refused for what it makes of a stored value: %j %j',
    async ([stored, body, codes], { expect }) => {
      const app = await createThings()
      const { id } = (await app.post(path, stored)).body as { id: string }

      const answer = await app.patch(`${path}/${id}`, body)

      expect(codesOf(answer)).toEqual(codes)
      expect((await app.get(`${path}/${id}`)).body).toMatchObject(stored)
    },
  )
})

describe('a file field', () => {
  const files = '/api/collections/albums/records'

  /** An album whose files exist according to the database. */
  async function createAlbum() {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      name: 'albums',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'file', name: 'cover', maxSelect: 1 },
        { type: 'file', name: 'pages', maxSelect: 3 },
      ],
    })
    const { bindings } = await import('../../support/bindings.ts')
    await bindings.DB.prepare('INSERT INTO "albums" ("id", "cover", "pages") VALUES (?, ?, ?)')
      .bind('album0000000000', 'cover.png', '["a.png","b.png"]')
      .run()
    return { app, admin, album: `${files}/album0000000000` }
  }

  it('ignores files under keys of no file field', async ({ expect }) => {
    const { app, album } = await createAlbum()
    const body = new FormData()
    body.append('title', new File(['x'], 'x.png'))
    body.append('nope', new File(['x'], 'x.png'))

    expect((await app.patch(album, body)).status).toBe(200)
  })

  it.for([
    ['keeps names that are sent', { pages: ['b.png', 'a.png'] }, { pages: ['b.png', 'a.png'] }],
    ['drops names that are not sent', { pages: ['b.png'] }, { pages: ['b.png'] }],
    ['removes a name', { 'pages-': 'a.png' }, { pages: ['b.png'] }],
    ['removes names', { 'pages-': ['a.png', 'b.png'] }, { pages: [] }],
    ['is cleared by an empty text', { pages: '', cover: '' }, { pages: [], cover: '' }],
    ['is cleared by null', { pages: null, cover: null }, { pages: [], cover: '' }],
    ['is cleared by an empty list', { pages: [], cover: [] }, { pages: [], cover: '' }],
    ['stays when not sent', { title: 'x' }, { pages: ['a.png', 'b.png'], cover: 'cover.png' }],
  ] as const)('%s', async ([, body, next], { expect }) => {
    const { app, album } = await createAlbum()

    expect((await app.patch(album, body)).body).toMatchObject(next)
  })

  it.for([
    { pages: ['other.png'] },
    { 'pages+': 'other.png' },
    { cover: 'a.png' },
    { 'cover+': 'other.png' },
  ])('claims no file of another record: %j', async (body, { expect }) => {
    const { app, album } = await createAlbum()

    const updated = await app.patch(album, body)
    const created = await app.post(files, body)

    const field = 'cover' in body || 'cover+' in body ? 'cover' : 'pages'
    expect(codesOf(updated)).toEqual({ [field]: 'validation_invalid_file' })
    expect(codesOf(created)).toEqual({ [field]: 'validation_invalid_file' })
  })
})
