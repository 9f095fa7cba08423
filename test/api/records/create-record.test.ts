import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import {
  changeCollection,
  codesOf,
  createCollections,
  createRecords,
} from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/collections/posts/records'
const refused = { data: {}, message: 'Failed to create record.', status: 400 }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

async function count(app: Awaited<ReturnType<typeof createBlog>>['app'], of = path) {
  return ((await app.get(of)).body as { totalItems: number }).totalItems
}

describe('creating a record', () => {
  it('returns the record as stored', async ({ expect }) => {
    const { app } = await createBlog()

    const created = await app.post(path, {
      title: 'a',
      views: '12',
      nope: 1,
      created: '2020-01-01',
    })
    const { id } = created.body as { id: string }
    const stored = await app.get(`${path}/${id}`)

    expect(created.status).toBe(200)
    expect(created.body).toMatchObject({ title: 'a', views: 12, collectionName: 'posts' })
    expect(created.body).toEqual(stored.body)
    expect(created.body).not.toHaveProperty('nope')
    expect((created.body as { created: string }).created).not.toContain('2020')
    expect(id).toMatch(/^[a-z0-9]{15}$/)
  })

  it.for([
    ['JSON', { body: { title: 'a', views: 3 } }],
    ['a urlencoded form', { body: 'title=a&views=3', headers: form }],
  ] as const)('takes %s', async ([, options], { expect }) => {
    const { app } = await createBlog()

    const answer = await app.request('POST', path, options)

    expect(answer.body).toMatchObject({ title: 'a', views: 3 })
  })

  it('accepts multipart, with precedence for typed values in @jsonPayload', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const tags = await createRecords(app, admin.token, 'tags', { title: 'x' }, { title: 'y' })
    const body = new FormData()
    body.append('title', '001')
    body.append('views', '1')
    for (const tag of tags) body.append('tags', tag)
    body.append('@jsonPayload', JSON.stringify({ views: 2 }))

    const answer = await app.post(path, body)

    expect(answer.body).toMatchObject({ title: '001', views: 2, tags })
  })

  it('accepts an empty body', async ({ expect }) => {
    const { app } = await createBlog()

    expect((await app.post('/api/collections/tags/records')).status).toBe(200)
  })

  it('expands and projects the response', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [tag] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const answer = await app.post(`${path}?expand=tags&fields=title,expand.tags.title`, {
      ...{ title: 'a', tags: [tag] },
    })

    expect(answer.body).toEqual({ title: 'a', expand: { tags: [{ title: 'x' }] } })
  })

  it('returns the record even if its view rule hides it', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', { viewRule: "title = 'seen'" })

    const answer = await app.post(path, { title: 'a' })

    expect(answer.body).toMatchObject({ title: 'a' })
  })
})

describe('a refused creation', () => {
  it('reports all issues at once, and stores nothing', async ({ expect }) => {
    const { app } = await createBlog()

    const answer = await app.post(path, { title: '', author: 'none', tags: ['none'] })

    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'Failed to create record.', status: 400 },
    })
    expect(codesOf(answer)).toEqual({
      author: 'validation_missing_rel_records',
      tags: 'validation_missing_rel_records',
      title: 'validation_required',
    })
    expect(await count(app)).toBe(0)
  })

  it.for([
    [
      'of a missing collection',
      '/api/collections/none/records',
      404,
      'Missing or invalid collection context.',
    ],
    ['of a row of a view', '/api/collections/titles/records', 400, 'Unsupported collection type.'],
  ] as const)('%s', async ([, of, status, message], { expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      ...{ name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
    })

    for (const token of [undefined, admin.token]) {
      const answer = await app.post(of, '{', { token })
      expect(answer.body).toEqual({ data: {}, message, status })
    }
  })

  it('reports a locked rule before it reads the body', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', { createRule: null })

    const answer = await app.post(path, { title: '' })

    expect(answer.status).toBe(403)
  })

  it('reports a rejecting rule before issues of fields', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', { createRule: "@request.auth.id != ''" })

    const answer = await app.post(path, { title: '' })

    expect(answer.body).toEqual(refused)
  })
})

// The rule is evaluated for the record before it is created.
describe('the create rule', () => {
  const cases = [
    [
      'the values of the would-be record',
      "title = 'ok' && views > 2",
      { title: 'ok', views: 3 },
      {},
    ],
    ['text as text, number as number', 'views = 3', { title: 'ok', views: '3' }, {}],
    ['values by the body', "@request.body.title = 'ok'", { title: 'ok' }, { title: 'no' }],
    [
      'whether a value was sent',
      '@request.body.views:isset = true',
      { title: 'ok', views: 0 },
      { title: 'ok' },
    ],
    [
      'whether a value was not sent',
      '@request.body.views:isset = false',
      { title: 'ok' },
      { title: 'ok', views: 0 },
    ],
    [
      'what a modifier makes of a blank record',
      '@request.body.views = 5 && views = 5',
      { title: 'ok', 'views+': 5 },
      { title: 'ok', 'views-': 5 },
    ],
    [
      'that modifiers set their field',
      '@request.body.views:isset = true',
      { title: 'ok', 'views+': 0 },
      { title: 'ok' },
    ],
    [
      'how many values a list has',
      'tags:length = 0 && @request.body.tags:length = 0',
      { title: 'ok', tags: [] },
      { title: 'ok', tags: ['x'] },
    ],
    [
      'that a plain value is never a changed one',
      '@request.body.title:changed = false',
      { title: 'ok' },
      undefined,
    ],
    ['keys that no field has', "@request.body.captcha = 'x'", { title: 'ok', captcha: 'x' }, {}],
    ['that moments are not set yet', "created = ''", { title: 'ok' }, undefined],
    ['other records', '@collection.tags.title ?= title', { title: 'known' }, { title: 'unknown' }],
    [
      'records of its own collection, without the new one',
      "@collection.posts.title != 'taken' || title != 'taken'",
      { title: 'ok' },
      { title: 'taken' },
    ],
    ['no reference to itself', "comments_via_post.text = ''", undefined, { title: 'ok' }],
  ] as const

  it.for(cases)('sees %s', async ([, createRule, admitted, denied], { expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'tags', { title: 'known' })
    await createRecords(app, admin.token, 'posts', { title: 'taken' })
    await changeCollection(app, admin.token, 'posts', { createRule })

    if (admitted !== undefined) expect((await app.post(path, admitted)).status).toBe(200)
    if (denied !== undefined) expect((await app.post(path, denied)).body).toEqual(refused)
  })

  it('sees a boolean of the new record as an integer', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      ...{ name: 'flags', fields: [{ type: 'bool', name: 'on' }], createRule: "on ~ '1%'" },
    })

    const on = await app.post('/api/collections/flags/records', { on: true })
    await changeCollection(app, admin.token, 'flags', { createRule: "on !~ '.' && on ~ '0'" })
    const off = await app.post('/api/collections/flags/records', { on: false })

    expect([on.status, off.status]).toEqual([200, 200])
  })

  it('follows relations of the new record', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const ann = await signUp(app, 'ann@example.com', { name: 'Ann' })
    const bob = await signUp(app, 'bob@example.com', { name: 'Bob' })
    await changeCollection(app, admin.token, 'posts', {
      createRule: "author.name = 'Ann' && author = @request.auth.id",
    })

    const own = await app.post(path, { title: 'a', author: ann.id }, { token: ann.token })
    const anothers = await app.post(path, { title: 'a', author: ann.id }, { token: bob.token })
    const unnamed = await app.post(path, { title: 'a', author: bob.id }, { token: bob.token })

    expect([own.status, anothers.status, unnamed.status]).toEqual([200, 400, 400])
  })

  it('follows relations of relations, and lists', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const ann = await signUp(app, 'ann@example.com', { name: 'Ann' })
    const [good = '', bad = ''] = await createRecords(
      ...[app, admin.token, 'tags'],
      ...[{ title: 'good' }, { title: 'bad' }],
    )
    const [post = ''] = await createRecords(app, admin.token, 'posts', {
      ...{ title: 'a', author: ann.id },
    })
    await changeCollection(app, admin.token, 'posts', { createRule: "tags.title = 'good'" })
    await changeCollection(app, admin.token, 'comments', { createRule: "post.author.name = 'Ann'" })

    const statuses = [
      await app.post('/api/collections/comments/records', { post }),
      await app.post('/api/collections/comments/records', { post: '' }),
      await app.post(path, { title: 'a', tags: [good] }),
      await app.post(path, { title: 'a', tags: [good, bad] }),
    ].map(({ status }) => status)

    expect(statuses).toEqual([200, 400, 200, 400])
  })

  it('treats a missing id as one that no record has', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', {
      createRule: "id != '' && @collection.posts.id ?!= id || @collection.posts.id = ''",
    })

    expect((await app.post(path, { title: 'a' })).status).toBe(200)
  })
})

describe('an id', () => {
  const id = 'abcdefghijklmno'

  it('may be chosen by the client', async ({ expect }) => {
    const { app } = await createBlog()

    expect((await app.post(path, { id, title: 'a' })).body).toMatchObject({ id })
  })

  it.for([
    ['is taken', id, 'validation_not_unique'],
    ['is too short', 'abc', 'validation_min_text_constraint'],
    ['is too long', `${id}x`, 'validation_max_text_constraint'],
    ['has other characters', 'abcdefghijklmn/', 'validation_invalid_format'],
    ['is in upper case', id.toUpperCase(), 'validation_invalid_format'],
  ])('is refused when it %s', async ([, value, code], { expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { id, title: 'a' })

    const answer = await app.post(path, { id: value, title: 'b' })

    expect(codesOf(answer)).toEqual({ id: code })
    expect(await count(app)).toBe(1)
  })

  it('with a custom pattern must differ in more than case', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, {
      name: 'pages',
      fields: [
        {
          ...{ type: 'text', name: 'id', system: true, primaryKey: true, required: true },
          ...{ min: 2, max: 20, pattern: '^[A-Za-z0-9]+$', autogeneratePattern: '[a-z0-9]{15}' },
        },
      ],
    })
    const pages = '/api/collections/pages/records'
    await app.post(pages, { id: 'Home' })

    const same = await app.post(pages, { id: 'home' })
    const other = await app.post(pages, { id: 'home2' })

    expect(codesOf(same)).toEqual({ id: 'validation_pk_invalid' })
    expect(other.status).toBe(200)
  })

  it('of an account is unique across auth collections', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createCollections(app, admin.token, { name: 'staff', type: 'auth' })
    const user = await signUp(app, 'user@example.com')

    const answer = await app.post('/api/collections/staff/records', {
      ...{ id: user.id, email: 'staff@example.com' },
      ...{ password: 'correct-horse', passwordConfirm: 'correct-horse' },
    })

    expect(answer.body).toEqual({
      data: {
        id: {
          code: 'validation_invalid_auth_id',
          message: 'Invalid or duplicated auth record id.',
        },
      },
      message: 'Failed to create record.',
      status: 400,
    })
  })
})

describe('a unique index', () => {
  it('reports all its fields', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', {
      indexes: ['CREATE UNIQUE INDEX `idx_posts_pair` ON `posts` (`title`, `views`)'],
    })
    await createRecords(app, admin.token, 'posts', { title: 'a', views: 1 })

    const same = await app.post(path, { title: 'a', views: 1 })
    const other = await app.post(path, { title: 'a', views: 2 })

    const issue = { code: 'validation_not_unique', message: 'Value must be unique.' }
    expect(same.body).toMatchObject({ data: { title: issue, views: issue } })
    expect(other.status).toBe(200)
    expect(await count(app)).toBe(2)
  })

  it('on an expression reports its field', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', {
      indexes: [
        'CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (`title` COLLATE NOCASE)',
        'CREATE UNIQUE INDEX `idx_posts_views` ON `posts` (abs(`views`)) WHERE `views` != 0',
      ],
    })
    await createRecords(app, admin.token, 'posts', { title: 'a', views: 1 })

    const title = await app.post(path, { title: 'A' })
    const views = await app.post(path, { title: 'b', views: -1 })

    expect(codesOf(title)).toEqual({ title: 'validation_not_unique' })
    expect(views.body).toMatchObject({ message: 'Failed to create record.', status: 400 })
  })
})

it('works in a new isolate with any collection', async ({ expect }) => {
  await createBlog()

  const answer = await createTestApp().post(path, { title: 'first' })

  expect(answer.status).toBe(200)
})
