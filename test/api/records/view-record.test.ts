import { describe, expect, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/collections/posts/records'
const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }
const date = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/)

describe('a record', () => {
  it('has the keys of its visible fields in alphabetical order', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a', secret: 'x' })

    const answer = await app.get(`${path}/${id}`)

    expect(answer.status).toBe(200)
    expect(Object.entries(answer.body as object)).toEqual([
      ['author', ''],
      ['collectionId', 'posts_id'],
      ['collectionName', 'posts'],
      ['created', date],
      ['id', id],
      ['tags', []],
      ['title', 'a'],
      ['updated', date],
      ['views', 0],
    ])
  })

  it('has a value of its type in every field, set or not', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const types = ['text', 'editor', 'email', 'url', 'number', 'bool', 'date', 'json', 'geoPoint']
    const lists = [
      { type: 'select', name: 'one', values: ['a', 'b'], maxSelect: 1 },
      { type: 'select', name: 'many', values: ['a', 'b'], maxSelect: 2 },
      { type: 'file', name: 'file', maxSelect: 1 },
      { type: 'file', name: 'files', maxSelect: 2 },
      { type: 'password', name: 'pin' },
    ]
    const fields = [...types.map((type) => ({ type, name: type })), ...lists]
    await createCollections(app, admin.token, { name: 'things', fields })
    const [id = ''] = await createRecords(app, admin.token, 'things', { pin: '12345678' })

    const { body } = await app.get(`/api/collections/things/records/${id}`)

    expect(body).toEqual({
      ...{ collectionId: 'things_id', collectionName: 'things', id },
      ...{ text: '', editor: '', email: '', url: '', number: 0, bool: false, date: '' },
      ...{ json: null, geoPoint: { lon: 0, lat: 0 } },
      ...{ one: '', many: [], file: '', files: [], pin: '' },
    })
  })

  it.for(['posts', 'POSTS', 'posts_id'])('is found under %s', async (name, { expect }) => {
    const { app, admin } = await createBlog()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    const answer = await app.get(`/api/collections/${name}/records/${id}`)

    expect(answer.body).toMatchObject({ id, collectionName: 'posts' })
  })

  it('is found by its exact id only', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await createRecords(app, admin.token, 'posts', { id: 'abcdefghijklmno', title: 'a' })

    const exact = await app.get(`${path}/abcdefghijklmno`)
    const shouted = await app.get(`${path}/ABCDEFGHIJKLMNO`)

    expect(exact.status).toBe(200)
    expect(shouted.body).toEqual(notFound)
  })

  it('has the requested fields only', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [tag] = await createRecords(app, admin.token, 'tags', { title: 'x' })
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a', tags: [tag] })

    const answer = await app.get(`${path}/${id}?expand=tags&fields=title,expand.tags.title,nope`)

    expect(answer.body).toEqual({ title: 'a', expand: { tags: [{ title: 'x' }] } })
  })

  it('has no body for HEAD', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    const answer = await app.request('HEAD', `${path}/${id}`)

    expect(answer).toMatchObject({ status: 200, body: undefined })
  })
})

describe('not found', () => {
  it('is a missing collection first', async ({ expect }) => {
    const answer = await createTestApp().get('/api/collections/none/records/x')

    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ data: {}, message: 'Missing collection context.', status: 404 })
  })

  it('is a record that the view rule hides', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'posts', { viewRule: "title != 'draft'" })
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'draft' })

    expect((await app.get(`${path}/${id}`)).body).toEqual(notFound)
    expect((await app.get(`${path}/${id}`, { token: admin.token })).status).toBe(200)
  })

  it('is a record whose view rule no longer compiles', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'tags', {
      fields: [
        { type: 'text', name: 'title' },
        { type: 'text', name: 'gone' },
      ],
    })
    await changeCollection(app, admin.token, 'posts', { viewRule: "tags.gone ?= ''" })
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })
    await changeCollection(app, admin.token, 'tags', { fields: [{ type: 'text', name: 'title' }] })

    expect((await app.get(`${path}/${id}`)).body).toEqual(notFound)
    expect((await app.get(path)).status).toBe(200)
  })
})

describe('the rule of a view', () => {
  it('sees the request: method, query, headers and caller', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com', { name: 'Ann' })
    await changeCollection(app, admin.token, 'posts', {
      viewRule:
        "@request.method = 'GET' && @request.query.key = 'k' && @request.headers.x_token = 't' && @request.auth.name = 'Ann' && @request.context = 'default'",
    })
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })
    const view = (query: string, token?: string) =>
      app.get(`${path}/${id}${query}`, { token, headers: { 'X-Token': 't' } })

    expect((await view('?key=k&key=other', user.token)).status).toBe(200)
    expect((await view('?key=other', user.token)).status).toBe(404)
    expect((await view('?key=k')).status).toBe(404)
  })
})

describe('an address', () => {
  const users = '/api/collections/users/records'

  it('is visible by consent, to its owner and to superusers', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'users', { viewRule: '' })
    const shy = await signUp(app, 'shy@example.com')
    const open = await signUp(app, 'open@example.com', { emailVisibility: true })
    const shown = async (id: string, token?: string) =>
      'email' in ((await app.get(`${users}/${id}`, { token })).body as object)

    expect(await shown(open.id)).toBe(true)
    expect(await shown(shy.id)).toBe(false)
    expect(await shown(shy.id, open.token)).toBe(false)
    expect(await shown(shy.id, shy.token)).toBe(true)
    expect(await shown(shy.id, admin.token)).toBe(true)
  })

  it('is visible to managers of the account', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await changeCollection(app, admin.token, 'users', {
      ...{ viewRule: '', listRule: '' },
      manageRule: "@request.auth.name = 'boss' && name != 'ceo'",
    })
    const boss = await signUp(app, 'boss@example.com', { name: 'boss' })
    const worker = await signUp(app, 'worker@example.com', { name: 'worker' })
    const ceo = await signUp(app, 'ceo@example.com', { name: 'ceo' })

    const managed = await app.get(`${users}/${worker.id}`, { token: boss.token })
    const unmanaged = await app.get(`${users}/${ceo.id}`, { token: boss.token })
    const guest = await app.get(`${users}/${worker.id}`)
    const list = await app.get(`${users}?sort=@rowid`, { token: boss.token })

    expect(managed.body).toHaveProperty('email', 'worker@example.com')
    expect(unmanaged.body).not.toHaveProperty('email')
    expect(guest.body).not.toHaveProperty('email')
    const { items } = list.body as { items: { email?: string }[] }
    expect(items.map(({ email }) => email)).toEqual([
      'boss@example.com',
      'worker@example.com',
      undefined,
    ])
  })

  it('never comes with secrets, for any caller', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com')
    await changeCollection(app, admin.token, 'users', { viewRule: '' })

    for (const token of [user.token, admin.token, undefined]) {
      const { body } = await app.get(`${users}/${user.id}?fields=*,password,tokenKey`, { token })
      expect(body).not.toHaveProperty('password')
      expect(body).not.toHaveProperty('tokenKey')
    }
  })
})
