import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { type Blog, createBlog } from '../../support/blog.ts'
import {
  changeCollection,
  codesOf,
  createCollections,
  createRecords,
} from '../../support/collections.ts'

const path = '/api/collections/posts/records'
const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }

async function createPost(data: object = {}): Promise<Blog & { post: string }> {
  const blog = await createBlog()
  const { app, admin } = blog
  const [post = ''] = await createRecords(app, admin.token, 'posts', {
    ...{ title: 'old', views: 10, secret: 'x' },
    ...data,
  })
  return { ...blog, post: `${path}/${post}` }
}

describe('updating a record', () => {
  it('updates the submitted fields and keeps the rest', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    const before = (await app.get(post, { token: admin.token })).body as { updated: string }

    const changed = await app.patch(post, { title: 'new', nope: 1, created: '2020-01-01' })
    const stored = await app.get(post, { token: admin.token })

    expect(changed.status).toBe(200)
    const { updated, ...rest } = stored.body as { updated: string }
    expect(rest).toEqual({ ...before, title: 'new', updated: undefined })
    expect(updated >= before.updated).toBe(true)
    expect(stored.body).toMatchObject(changed.body as object)
  })

  it('counts a stored string with NUL as when it was submitted', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      name: 'counted',
      fields: [
        { type: 'text', name: 't', min: 3, max: 5 },
        { type: 'number', name: 'n' },
      ],
    })
    const records = '/api/collections/counted/records'

    for (const t of ['\0\0\0', 'a\0b', '\0ü€😀"', '\\\0\\']) {
      const { body } = await app.post(records, { t })
      const changed = await app.patch(`${records}/${(body as { id: string }).id}`, { n: 1 })
      expect(changed).toMatchObject({ status: 200, body: { t, n: 1 } })
    }
  })

  it('without a change still updates the time of the last change', async ({ expect }) => {
    const { app, post } = await createPost()
    const before = (await app.get(post)).body as { updated: string; created: string }
    await new Promise((resolve) => setTimeout(resolve, 2))

    const { status, body } = await app.patch(post, {})

    expect(status).toBe(200)
    const { updated, created } = body as { updated: string; created: string }
    expect(updated > before.updated).toBe(true)
    expect(created).toBe(before.created)
  })

  it('works if there is nothing to write', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [id = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const { body } = await app.patch(`/api/collections/tags/records/${id}`, {})

    expect(body).toMatchObject({ id, title: 'x' })
  })

  it('expands and projects the response', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    const [tag] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const answer = await app.patch(`${post}?expand=tags&fields=title,expand.tags.title`, {
      tags: [tag],
    })

    expect(answer.body).toEqual({ title: 'old', expand: { tags: [{ title: 'x' }] } })
  })

  it('accepts only the record’s own id', async ({ expect }) => {
    const { app, post } = await createPost()

    const same = await app.patch(post, { id: post.slice(-15) })
    const other = await app.patch(post, { id: 'abcdefghijklmno' })

    expect(same.status).toBe(200)
    expect(other.body).toEqual({
      data: {
        id: {
          code: 'validation_pk_change',
          message: 'The record primary key cannot be changed.',
        },
      },
      message: 'Failed to update record.',
      status: 400,
    })
  })
})

describe('a rejected update', () => {
  it('reports all issues at once, and changes nothing', async ({ expect }) => {
    const { app, post } = await createPost()
    const before = (await app.get(post)).body

    const answer = await app.patch(post, { title: '', views: 11, author: 'none', 'tags+': 'none' })

    expect(answer.body).toMatchObject({ message: 'Failed to update record.', status: 400 })
    expect(codesOf(answer)).toEqual({
      author: 'validation_missing_rel_records',
      tags: 'validation_missing_rel_records',
      title: 'validation_required',
    })
    expect((await app.get(post)).body).toEqual(before)
  })

  it('is not found for a missing record', async ({ expect }) => {
    const { app, admin } = await createBlog()

    for (const token of [undefined, admin.token]) {
      const answer = await app.patch(`${path}/missing00000000`, { title: '' }, { token })
      expect(answer.body).toEqual(notFound)
    }
  })

  it('is an unsupported type for a row of a view', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    await createCollections(app, admin.token, {
      ...{ name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
    })

    for (const method of ['PATCH', 'DELETE']) {
      const row = `/api/collections/titles/records/${post.slice(-15)}`
      const { body } = await app.request(method, row, { body: {}, token: admin.token })
      expect(body).toEqual({ data: {}, message: 'Unsupported collection type.', status: 400 })
    }
  })

  it('names all fields of a unique index', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    await changeCollection(app, admin.token, 'posts', {
      indexes: ['CREATE UNIQUE INDEX `idx_posts_pair` ON `posts` (`title`, `views`)'],
    })
    await createRecords(app, admin.token, 'posts', { title: 'taken', views: 10 })

    const answer = await app.patch(post, { title: 'taken' })

    expect(codesOf(answer)).toEqual({
      title: 'validation_not_unique',
      views: 'validation_not_unique',
    })
    expect((await app.get(post)).body).toMatchObject({ title: 'old' })
  })
})

// PocketBase validates all fields of a record, whichever of them a request changes.
describe('a stored value that has become invalid', () => {
  const cases = [
    [
      'is blank in a field made required',
      { type: 'text', name: 'f' },
      { required: true },
      '',
      'validation_required',
    ],
    [
      'is zero in a field made required',
      { type: 'number', name: 'f' },
      { required: true },
      0,
      'validation_required',
    ],
    [
      'is too short',
      { type: 'text', name: 'f' },
      { min: 5 },
      'abc',
      'validation_min_text_constraint',
    ],
    [
      'is too long',
      { type: 'text', name: 'f' },
      { max: 2 },
      'abc',
      'validation_max_text_constraint',
    ],
    [
      'is too large a number',
      { type: 'number', name: 'f' },
      { max: 5 },
      7,
      'validation_max_number_constraint',
    ],
    [
      'is no whole number',
      { type: 'number', name: 'f' },
      { onlyInt: true },
      1.5,
      'validation_only_int_constraint',
    ],
    [
      'is no choice any more',
      { type: 'select', name: 'f', values: ['a', 'b'], maxSelect: 1 },
      { values: ['b'] },
      'a',
      'validation_invalid_value',
    ],
    [
      'is one of too many choices',
      { type: 'select', name: 'f', values: ['a', 'b', 'c'], maxSelect: 3 },
      { maxSelect: 2 },
      ['a', 'b', 'c'],
      'validation_too_many_values',
    ],
    ['is not true', { type: 'bool', name: 'f' }, { required: true }, false, 'validation_required'],
    [
      'is too large a JSON',
      { type: 'json', name: 'f' },
      { maxSize: 5 },
      { a: 'long enough' },
      'validation_json_size_limit',
    ],
    [
      'is no JSON yet',
      { type: 'json', name: 'f' },
      { required: true },
      null,
      'validation_required',
    ],
  ] as const

  it.for(cases)(
    'refuses a change of another field: it %s',
    async ([, field, option, f, code], { expect }) => {
      const { app, admin } = await createBlog()
      const other = { type: 'text', name: 'other' }
      await createCollections(app, admin.token, { name: 'things', fields: [field, other] })
      const [id = ''] = await createRecords(app, admin.token, 'things', { f, other: 'old' })
      const thing = `/api/collections/things/records/${id}`
      const { body } = await app.get('/api/collections/things', { token: admin.token })
      const { fields } = body as { fields: { name: string }[] }
      const changed = fields.map((each) => (each.name === 'f' ? { ...each, ...option } : each))
      await changeCollection(app, admin.token, 'things', { fields: changed })

      const answer = await app.patch(thing, { other: 'new' })

      expect(answer.status).toBe(400)
      expect(codesOf(answer)).toEqual({ f: code })
      expect((await app.get(thing)).body).toMatchObject({ f, other: 'old' })
    },
  )

  it('rejects a change while one of its relations is broken', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
    await app.patch(post, { tags: [tag] })
    const { bindings } = await import('../../support/bindings.ts')
    await bindings.DB.prepare('DELETE FROM "tags"').run()

    const refused = await app.patch(post, { title: 'new' })
    const cleared = await app.patch(post, { title: 'new', 'tags-': tag })

    expect(codesOf(refused)).toEqual({ tags: 'validation_missing_rel_records' })
    expect(cleared.body).toMatchObject({ title: 'new', tags: [] })
  })
})

describe('the update rule', () => {
  const cases = [
    ['the old value of a field', "title = 'old'", { title: 'new' }, undefined],
    [
      'the new value in the body',
      "@request.body.title = 'new'",
      { title: 'new' },
      { title: 'other' },
    ],
    [
      'that a value stays as it is',
      '@request.body.title:changed = false',
      { title: 'old' },
      { title: 'new' },
    ],
    ['that a value is left alone', '@request.body.title:changed = false', {}, { title: 'new' }],
    ['that a value is not sent', '@request.body.views:isset = false', {}, { views: 10 }],
    [
      'that a modifier sends a value',
      '@request.body.views:isset = true',
      { 'views+': 0 },
      { title: 'new' },
    ],
    [
      'what a modifier makes of the stored number',
      '@request.body.views = 15 && views = 10',
      { 'views+': 5 },
      { 'views-': 5 },
    ],
    ['how much a value grows', '@request.body.views <= views', { 'views-': 1 }, { 'views+': 1 }],
    [
      'whether a modifier changes anything',
      '@request.body.views:changed = false',
      { 'views+': 0 },
      { 'views+': 1 },
    ],
    [
      'shorter keys before longer ones',
      '@request.body.views = 7',
      { 'views+': 2, views: 5 },
      { 'views+': 2 },
    ],
    [
      'how long a list gets',
      '@request.body.tags:length <= 2',
      { 'tags+': ['TAG2'] },
      { 'tags+': ['TAG2', 'TAG3'] },
    ],
    [
      'every value of a list to be',
      "@request.body.tags:each != 'TAG3'",
      { 'tags+': ['TAG2'] },
      { 'tags+': ['TAG2', 'TAG3'] },
    ],
    [
      'records of a list to be',
      "@request.body.tags.title != 'three'",
      { 'tags+': ['TAG2'] },
      { 'tags+': ['TAG3'] },
    ],
    [
      'the list that is stored',
      "tags:each = 'TAG1' && tags:length = 1",
      { 'tags+': ['TAG2'] },
      undefined,
    ],
    ['who refers to the record', "comments_via_post.text ?= 'yes'", { title: 'new' }, undefined],
    ['other collections', "@collection.tags.title ?= 'two'", { title: 'new' }, undefined],
    ['nothing of a rule that fails', "@collection.tags.title ?= 'none'", undefined, {}],
  ] as const

  it.for(cases)('sees %s', async ([, rule, admitted, denied], { expect }) => {
    const { app, admin, post } = await createPost()
    const [one = '', two = '', three = ''] = await createRecords(
      ...[app, admin.token, 'tags'],
      ...[{ title: 'one' }, { title: 'two' }, { title: 'three' }],
    )
    const named = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value)
          .replaceAll('TAG1', one)
          .replaceAll('TAG2', two)
          .replaceAll('TAG3', three),
      ) as T
    await app.patch(post, { tags: [one] })
    await createRecords(app, admin.token, 'comments', { text: 'yes', post: post.slice(-15) })
    await changeCollection(app, admin.token, 'posts', { updateRule: named(rule) })
    const before = (await app.get(post)).body

    if (denied !== undefined) {
      expect((await app.patch(post, named(denied))).body).toEqual(notFound)
      expect((await app.get(post)).body).toEqual(before)
    }
    if (admitted !== undefined) {
      expect((await app.patch(post, named(admitted))).status).toBe(200)
    }
  })

  it('of one owner keeps all others out', async ({ expect }) => {
    const { app, admin, post } = await createPost()
    const ann = await signUp(app, 'ann@example.com')
    const bob = await signUp(app, 'bob@example.com')
    await app.patch(post, { author: ann.id })
    await changeCollection(app, admin.token, 'posts', { updateRule: 'author = @request.auth.id' })

    const stolen = await app.patch(post, { author: bob.id }, { token: bob.token })
    const given = await app.patch(post, { author: bob.id }, { token: ann.token })
    const late = await app.patch(post, { title: 'new' }, { token: ann.token })

    expect([stolen.status, given.status, late.status]).toEqual([404, 200, 404])
  })
})

// The rules of expanded collections see the body as the updated record.
it('expands by rules on a body with applied modifiers', async ({ expect }) => {
  const { app, admin } = await createBlog()
  await createCollections(
    app,
    admin.token,
    {
      name: 'counters',
      viewRule: '@request.body.n = 12',
      fields: [{ type: 'number', name: 'n' }],
    },
    {
      name: 'clicks',
      fields: [
        { type: 'number', name: 'n' },
        { type: 'relation', name: 'counter', collectionId: 'counters_id', maxSelect: 1 },
      ],
    },
  )
  const [counter = ''] = await createRecords(app, admin.token, 'counters', {})
  const [click = ''] = await createRecords(app, admin.token, 'clicks', { n: 10, counter })

  const answer = await app.patch(`/api/collections/clicks/records/${click}?expand=counter`, {
    'n+': 2,
  })

  expect(answer.body).toMatchObject({ n: 12, expand: { counter: { id: counter } } })
})

// An option of a select may be removed while records still have it.
it('reports a stored value that is no longer an option', async ({ expect }) => {
  const { app, admin } = await createBlog()
  const gone = ['ä', 'a,1:2', "it's"]
  const list = { id: 'list1', type: 'select', name: 'list', maxSelect: 3 }
  await createCollections(app, admin.token, { name: 'kinds', fields: [{ ...list, values: gone }] })
  const ids = await createRecords(
    ...([app, admin.token, 'kinds'] as const),
    ...gone.map((value) => ({ list: [value] })),
  )
  await changeCollection(app, admin.token, 'kinds', {
    fields: [{ ...list, values: ['b', 'c', 'd'] }],
  })

  const answers = await Promise.all(
    ids.map((id) => app.patch(`/api/collections/kinds/records/${id}`, {})),
  )

  expect(answers.map(({ body }) => (body as { data: { list: unknown } }).data.list)).toEqual(
    gone.map((value) => ({
      code: 'validation_invalid_value',
      message: `Invalid value ${value}.`,
      params: { value },
    })),
  )
})
