import { describe, it } from 'vitest'
import { type SignedIn, signUp } from '../../support/accounts.ts'
import { type Blog, createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import type { Answer } from '../../support/test-app.ts'

interface World extends Blog {
  readonly ann: SignedIn
  readonly bea: SignedIn
  readonly post: string
}

async function createWorld(rules: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const blog = await createBlog()
  const ann = await signUp(blog.app, 'ann@example.com', { name: 'Ann' })
  const bea = await signUp(blog.app, 'bea@example.com', { name: 'Bea' })
  const [post = ''] = await createRecords(blog.app, blog.admin.token, 'posts', {
    title: 'First',
    author: ann.id,
  })
  await changeCollection(blog.app, blog.admin.token, 'posts', rules)
  return { ...blog, ann, bea, post }
}

async function explain({ app, admin }: Blog, form: Readonly<Record<string, unknown>>) {
  const answer = await app.post('/api/rules/explain', form, { token: admin.token })
  return { ...answer, body: answer.body as Record<string, unknown> }
}

const own = { updateRule: "@request.auth.id != '' && author = @request.auth.id" }

describe('the rule explainer', () => {
  it('explains a refused update with the status, the clause and its values', async ({ expect }) => {
    const world = await createWorld(own)
    const { bea, ann, post } = world

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'update',
      auth: { collection: 'users', id: bea.id },
      record: post,
      body: { title: 'x' },
    })

    expect(body).toEqual({
      allowed: false,
      status: 404,
      message: "The requested resource wasn't found.",
      data: {},
      refusedBy: 'rule',
      bypass: false,
      ruleName: 'updateRule',
      rule: own.updateRule,
      kind: 'filter',
      draft: false,
      tree: {
        kind: 'and',
        holds: false,
        nodes: [
          {
            kind: 'comparison',
            text: "@request.auth.id != ''",
            sign: '!=',
            start: 0,
            end: 22,
            holds: true,
            left: bea.id,
            right: '',
          },
          {
            kind: 'comparison',
            text: 'author = @request.auth.id',
            sign: '=',
            start: 26,
            end: 51,
            holds: false,
            left: ann.id,
            right: bea.id,
          },
        ],
      },
      rows: null,
      also: [],
    })
  })

  it('explains an allowed update, and stores nothing', async ({ expect }) => {
    const world = await createWorld(own)
    const { app, ann, post } = world
    const form = {
      collection: 'posts',
      action: 'update',
      auth: { collection: 'users', id: ann.id },
      record: post,
      body: { title: 'x' },
    }

    const { body } = await explain(world, form)

    const stored = await app.get(`/api/collections/posts/records/${post}`)
    expect(body).toMatchObject({ allowed: true, status: 200, tree: { holds: true } })
    expect(stored.body).toMatchObject({ title: 'First' })
  })

  it('is for superusers only', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const form = { collection: 'posts', action: 'list' }

    const guest = await app.post('/api/rules/explain', form)
    const user = await app.post('/api/rules/explain', form, { token: ann.token })

    expect([guest.status, user.status]).toEqual([401, 403])
  })

  it('reports the issues of a write that the rule allows', async ({ expect }) => {
    const world = await createWorld({ createRule: '' })

    const { body } = await explain(world, { collection: 'posts', action: 'create', body: {} })

    expect(body).toMatchObject({
      allowed: false,
      status: 400,
      refusedBy: 'request',
      kind: 'open',
      tree: null,
      data: { title: { code: 'validation_required' } },
    })
  })

  it('shows that two parts hold for different records', async ({ expect }) => {
    const rule = "comments_via_post.text ?= 'a' && comments_via_post.author.name ?= 'Bea'"
    const world = await createWorld({ viewRule: rule })
    const { app, admin, ann, bea, post } = world
    const both = [
      { text: 'a', author: ann.id, post },
      { text: 'b', author: bea.id, post },
    ]
    await createRecords(app, admin.token, 'comments', ...both)

    const { body } = await explain(world, { collection: 'posts', action: 'view', record: post })

    expect(body).toMatchObject({
      allowed: false,
      status: 404,
      tree: {
        holds: false,
        nodes: [{ holds: true }, { holds: true }],
        hint: expect.stringContaining('no single'),
      },
      rows: {
        joined: 2,
        held: 0,
        sample: [
          { 'comments_via_post.text': 'a', 'comments_via_post.author.name': 'Ann' },
          { 'comments_via_post.text': 'b', 'comments_via_post.author.name': 'Bea' },
        ],
      },
    })
  })

  it('names the first value that breaks a comparison with all values', async ({ expect }) => {
    const world = await createWorld({ viewRule: "comments_via_post.text = 'a'" })
    const { app, admin, post } = world
    const comments = ['a', 'b'].map((text) => ({ text, post }))
    await createRecords(app, admin.token, 'comments', ...comments)

    const { body } = await explain(world, { collection: 'posts', action: 'view', record: post })

    expect(body['tree']).toMatchObject({
      holds: false,
      leftValues: ['a', 'b'],
      failing: 'b',
      hint: '= asks all values. ?= asks for one.',
    })
  })

  it('counts the records that a list shows', async ({ expect }) => {
    const world = await createWorld({ listRule: 'author = @request.auth.id' })
    const { app, admin, ann } = world
    await createRecords(app, admin.token, 'posts', { title: 'Second' })

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'list',
      auth: { collection: 'users', id: ann.id },
      counts: true,
    })

    expect(body).toMatchObject({ allowed: true, status: 200, counts: { visible: 1, total: 2 } })
  })

  it.for([
    ['a locked rule', { rule: undefined, stored: null }, { refusedBy: 'locked', status: 403 }],
    ['an open rule', { rule: '', stored: null }, { allowed: true, status: 200, draft: true }],
  ] as const)('explains %s', async ([, { rule, stored }, expected], { expect }) => {
    const world = await createWorld({ viewRule: stored })

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'view',
      record: world.post,
      rule,
    })

    expect(body).toMatchObject(expected)
  })

  it('names the bypass of a superuser, and evaluates the rule all the same', async ({ expect }) => {
    const world = await createWorld({ viewRule: "title = 'no'" })

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'view',
      auth: { collection: '_superusers', id: world.admin.id },
      record: world.post,
    })

    expect(body).toMatchObject({ allowed: true, bypass: true, tree: { holds: false } })
  })

  it('stores a draft nowhere', async ({ expect }) => {
    const world = await createWorld({ viewRule: '' })
    const { app, post } = world

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'view',
      record: post,
      rule: "title = 'no'",
    })

    const view = await app.get(`/api/collections/posts/records/${post}`)
    expect(body).toMatchObject({ allowed: false, draft: true, status: 404 })
    expect(view.status).toBe(200)
  })

  it.for([
    ['author = ', 9],
    ["nothing = 'a'", 0],
    ["title = 'a' && nothing = 1", 15],
  ] as const)(
    'refuses the faulty draft %s at its position',
    async ([rule, position], { expect }) => {
      const world = await createWorld()

      const answer = await explain(world, { collection: 'posts', action: 'list', rule })

      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({
        data: { rule: { code: 'validation_invalid_rule', params: { position } } },
      })
    },
  )

  it.for([
    "@request.auth.tokenKey ~ 'a%'",
    "author.password ~ '$argon2%'",
    "@collection.users.tokenKey ?~ 'a%'",
    "@collection._otps.password ?~ 'a%'",
    "'a' = @collection.users:x.password:lower",
    "strftime('%Y', author.tokenKey) = '2026'",
  ])('refuses the draft %s, which compares a secret', async (rule, { expect }) => {
    const world = await createWorld()

    const answer = await explain(world, {
      collection: 'posts',
      action: 'view',
      record: world.post,
      auth: { collection: 'users', id: world.ann.id },
      rule,
    })

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      data: { rule: { message: 'A draft cannot compare secrets.' } },
    })
  })

  it('masks the secrets that a stored rule compares', async ({ expect }) => {
    const rule = "author.tokenKey != '' && @request.body.password:isset = false"
    const world = await createWorld({ updateRule: rule })

    const answer = await explain(world, {
      collection: 'posts',
      action: 'update',
      record: world.post,
      body: { password: 'hunter2hunter2' },
    })

    expect(answer.body).toMatchObject({ tree: { nodes: [{ left: '***' }, { left: '***' }] } })
    expect(JSON.stringify(answer.body)).not.toContain('hunter2')
  })

  it.for([
    ['collection', { collection: 'missing' }],
    ['action', { action: 'read:title' }],
    ['record', { record: '' }],
    ['auth', { auth: { collection: 'posts', id: 'x' } }],
    ['auth', { auth: { collection: 'users', id: 'missing' } }],
  ] as const)('names %s if the form is wrong there', async ([field, change], { expect }) => {
    const world = await createWorld()
    const form = { collection: 'posts', action: 'view', record: world.post, ...change }

    const answer: Answer = await explain(world, form)

    expect(answer.status).toBe(400)
    expect(Object.keys((answer.body as { data: object }).data)).toEqual([field])
  })

  it('says that a record is missing, not that the rule refuses it', async ({ expect }) => {
    const world = await createWorld({ viewRule: "title = 'no'" })

    const { body } = await explain(world, {
      collection: 'posts',
      action: 'view',
      record: 'missing',
    })

    expect(body).toMatchObject({ allowed: false, status: 404, refusedBy: 'record', tree: null })
  })

  it('explains a sign-in, a manager and a subscription', async ({ expect }) => {
    const world = await createWorld({ listRule: 'author = @request.auth.id' })
    const { app, admin, ann, bea, post } = world
    await changeCollection(app, admin.token, 'users', {
      authRule: "name != 'Bea'",
      manageRule: "@request.auth.name = 'Ann'",
    })
    const auth = { collection: 'users', id: ann.id }

    const signIn = await explain(world, { collection: 'users', action: 'auth', record: bea.id })
    const manager = await explain(world, {
      collection: 'users',
      action: 'manage',
      record: bea.id,
      auth,
    })
    const guest = await explain(world, { collection: 'posts', action: 'realtime', record: post })
    const member = await explain(world, {
      collection: 'posts',
      action: 'realtime',
      record: post,
      auth,
    })

    expect(signIn.body).toMatchObject({ allowed: false, status: 403, refusedBy: 'rule' })
    expect(manager.body).toMatchObject({ allowed: true, status: null, tree: { holds: true } })
    expect(guest.body).toMatchObject({ allowed: false, status: null, refusedBy: 'rule' })
    expect(member.body).toMatchObject({ allowed: true, ruleName: 'listRule' })
  })

  it('sends no file, and checks the one that is described', async ({ expect }) => {
    const world = await createWorld()
    await createCollections(world.app, world.admin.token, {
      name: 'pictures',
      fields: [
        { type: 'file', name: 'image', maxSelect: 1, maxSize: 100, mimeTypes: ['image/png'] },
      ],
    })
    const create = (size: number) =>
      explain(world, {
        collection: 'pictures',
        action: 'create',
        body: { image: { $file: { name: 'a.png', size, type: 'image/png' } } },
      })

    const [small, large] = [await create(50), await create(500)]

    expect(small.body).toMatchObject({ allowed: true, status: 200 })
    expect(large.body).toMatchObject({ allowed: false, data: { image: expect.anything() } })
  })
})
