import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { schemaOf } from '../../support/schema.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections'
const title = { id: 'title_id', name: 'title', type: 'text' }

interface Importer {
  readonly app: TestApp
  readonly token: string
  run(body: unknown): Promise<Answer>
}

async function createImporter(): Promise<Importer> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  return { app, token, run: (body) => app.request('PUT', `${path}/import`, { body, token }) }
}

async function namesOf({ app, token }: Importer): Promise<string[]> {
  const { body } = await app.get(`${path}?filter=system=false`, { token })
  return (body as { items: { name: string }[] }).items.map(({ name }) => name)
}

/** A collection as PocketBase 0.22 exports it. */
function legacyField(name: string, type: string, options = {}, more = {}) {
  const common = { system: false, required: false, presentable: false, unique: false }
  return { ...common, id: `old_${name}`, name, type, options, ...more }
}

const legacyRules = { viewRule: null, updateRule: null, deleteRule: null }
const legacy = [
  {
    id: '_pb_users_auth_',
    created: '2024-01-01 00:00:00.000Z',
    updated: '2024-01-01 00:00:00.000Z',
    name: 'users',
    type: 'auth',
    system: false,
    schema: [legacyField('score', 'number', { min: null, max: 10, noDecimal: true })],
    indexes: [],
    ...legacyRules,
    listRule: 'id = @request.auth.id',
    createRule: '@request.data.score:isset = false',
    options: {
      allowEmailAuth: true,
      allowOAuth2Auth: false,
      allowUsernameAuth: true,
      exceptEmailDomains: ['spam.example'],
      manageRule: '@request.data.score = 1',
      minPasswordLength: 9,
      onlyEmailDomains: null,
      onlyVerified: true,
      requireEmail: false,
    },
  },
  {
    id: 'oldpostsoldposts',
    name: 'posts',
    type: 'base',
    system: false,
    schema: [
      legacyField('title', 'text', { min: null, max: 20, pattern: '' }, { unique: true }),
      legacyField('body', 'editor', { convertUrls: true }),
      legacyField('kind', 'select', { maxSelect: 2, values: ['a', 'b'] }),
      legacyField('owner', 'relation', {
        collectionId: '_pb_users_auth_',
        cascadeDelete: true,
        minSelect: null,
        maxSelect: null,
        displayFields: null,
      }),
      legacyField('scan', 'file', { maxSelect: 1, maxSize: 10, mimeTypes: [], thumbs: null }),
      legacyField('extra', 'json', { maxSize: 2_000_000 }),
      legacyField('at', 'date', { min: '', max: '' }),
    ],
    indexes: ['CREATE INDEX `idx_old_kind` ON `posts` (`kind`)'],
    ...legacyRules,
    listRule: "@request.data.title != '@request.database'",
    createRule: '',
    options: {},
  },
  {
    id: 'oldtitlesoldview',
    name: 'titles',
    type: 'view',
    system: false,
    schema: [legacyField('title', 'text')],
    indexes: [],
    ...legacyRules,
    listRule: '',
    createRule: null,
    options: { query: 'SELECT id, title FROM posts' },
  },
]

describe('a file of PocketBase 0.22 or older', () => {
  it('is converted: fields, options, rules, dates, unique values', async ({ expect }) => {
    const importer = await createImporter()
    const { app, token } = importer

    const answer = await importer.run({ collections: legacy })
    const posts = (await app.get(`${path}/posts`, { token })).body
    const users = (await app.get(`${path}/users`, { token })).body
    const titles = (await app.get(`${path}/titles`, { token })).body

    expect(answer.status).toBe(204)
    expect(posts).toMatchObject({
      listRule: "@request.body.title != '@request.database'",
      fields: [
        { name: 'id' },
        { name: 'title', max: 20, id: 'old_title' },
        { name: 'body', convertURLs: true },
        { name: 'kind', maxSelect: 2, values: ['a', 'b'] },
        { name: 'owner', maxSelect: 2 ** 31 - 1, cascadeDelete: true },
        { name: 'scan', maxSize: 10 },
        { name: 'extra', maxSize: 2_000_000 },
        { name: 'at' },
        { name: 'created', type: 'autodate', onCreate: true, onUpdate: false },
        { name: 'updated', type: 'autodate', onCreate: true, onUpdate: true },
      ],
      indexes: [
        'CREATE INDEX `idx_old_kind` ON `posts` (`kind`)',
        'CREATE UNIQUE INDEX `idx_unique_old_title` ON `posts` (`title`)',
      ],
    })
    expect(users).toMatchObject({
      createRule: '@request.body.score:isset = false',
      authRule: 'verified=true',
      manageRule: '@request.body.score = 1',
      passwordAuth: { enabled: true, identityFields: ['email', 'username'] },
      oauth2: { enabled: false, mappedFields: { username: 'username' } },
    })
    const fields = (users as { fields: { name: string }[] }).fields
    expect(fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'password', min: 9, system: true }),
        expect.objectContaining({
          name: 'email',
          required: false,
          exceptDomains: ['spam.example'],
        }),
        expect.objectContaining({ name: 'score', max: 10, onlyInt: true }),
        expect.objectContaining({ name: 'username', min: 3, autogeneratePattern: 'users[0-9]{6}' }),
      ]),
    )
    expect(titles).toMatchObject({ viewQuery: 'SELECT id, title FROM posts' })
  })

  it('creates collections that accept records and accounts', async ({ expect }) => {
    const importer = await createImporter()
    const { app, token } = importer
    await importer.run({ collections: legacy })

    const post = await app.post('/api/collections/posts/records', { title: 'one' }, { token })
    const twin = await app.post('/api/collections/posts/records', { title: 'one' }, { token })
    const user = { email: 'a@example.com', password: 'password1', passwordConfirm: 'password1' }
    const account = await app.post('/api/collections/users/records', user)

    expect(post.body).toMatchObject({ title: 'one', created: expect.stringMatching(/^2/) })
    expect(twin.status).toBe(400)
    expect(account.body).toMatchObject({ username: expect.stringMatching(/^users\d{6}$/) })
  })

  it.for([
    { name: 'no list of objects', schema: ['title'] },
    { name: 'a field of no known type', schema: [legacyField('who', 'user')] },
  ])('is refused by name with $name', async ({ schema }, { expect }) => {
    const importer = await createImporter()

    const answer = await importer.run({ collections: [{ name: 'posts', type: 'base', schema }] })

    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain('PocketBase 0.22 or older')
    expect(await namesOf(importer)).toEqual(['users'])
  })
})

describe('PUT /api/collections/import', () => {
  // The id identifies the collection; the id of another one would change that one.
  it.for([
    { name: 'the name of the stored one', item: { id: 'users', name: 'users', type: 'auth' } },
    { name: 'the name in capitals', item: { id: 'USERS', name: 'users', type: 'auth' } },
    { name: 'empty', item: { id: '', name: 'users', type: 'auth' } },
    { name: 'the name of another', item: { id: 'users', name: 'people' } },
    { name: 'the name of a system collection', item: { id: '_superusers', name: '_superusers' } },
  ])('refuses an id that is $name, and changes nothing', async ({ item }, { expect }) => {
    const importer = await createImporter()
    const { app, token } = importer
    const before = await app.get(path, { token })

    const plain = await importer.run({ collections: [{ ...item, listRule: '' }] })
    const withFields = await importer.run({ collections: [{ ...item, fields: [] }] })
    const missing = await importer.run({ collections: [item], deleteMissing: true })

    expect([plain.status, withFields.status, missing.status]).toEqual([400, 400, 400])
    expect(plain.body).toMatchObject({
      data: { collections: { code: 'validation_collections_import_failure' } },
    })
    expect((await app.get(path, { token })).body).toEqual(before.body)
  })

  it('creates collections that refer to each other, in any order', async ({ expect }) => {
    const importer = await createImporter()
    const collections = [
      { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
      {
        id: 'comments_id',
        name: 'comments',
        fields: [{ name: 'post', type: 'relation', collectionId: 'posts_id' }],
        listRule: 'post.title != "" && @collection.titles.title != ""',
      },
      { id: 'posts_id', name: 'posts', fields: [title] },
    ]

    const answer = await importer.run({ collections })
    await createRecords(importer.app, importer.token, 'posts', { title: 'one' })
    const view = await importer.app.get(`${path}/titles/records`, { token: importer.token })

    expect(answer.status).toBe(204)
    expect(await namesOf(importer)).toEqual(['users', 'comments', 'posts', 'titles'])
    expect(view.body).toMatchObject({ items: [{ title: 'one' }] })
  })

  it('updates existing collections, and keeps records and fields it does not name', async ({
    expect,
  }) => {
    const importer = await createImporter()
    const { app, token } = importer
    await createCollections(
      app,
      token,
      { name: 'posts', fields: [title] },
      { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' },
    )
    await createRecords(app, token, 'posts', { title: 'one' })
    const size = { name: 'size', type: 'number' }

    const answer = await importer.run({
      collections: [{ id: 'posts_id', name: 'articles', fields: [size] }],
    })
    const records = await app.get(`${path}/articles/records`, { token })
    const view = await app.get(`${path}/titles/records`, { token })

    expect(answer.status).toBe(204)
    expect(records.body).toMatchObject({ items: [{ title: 'one', size: 0 }] })
    expect(view.body).toMatchObject({ items: [{ title: 'one' }] })
  })

  it('deletes missing collections and fields on request, except system ones', async ({
    expect,
  }) => {
    const importer = await createImporter()
    const { app, token } = importer
    await createCollections(
      app,
      token,
      { name: 'posts', fields: [title] },
      { name: 'ids', type: 'view', viewQuery: 'SELECT id FROM posts' },
      { name: 'tags' },
    )

    const answer = await importer.run({
      collections: [{ name: 'posts', fields: [] }],
      deleteMissing: true,
    })
    const posts = await app.get(`${path}/posts`, { token })
    const superusers = await app.get(`${path}/_superusers`, { token })

    expect(answer.status).toBe(204)
    expect(await namesOf(importer)).toEqual(['posts'])
    expect(posts.body).toMatchObject({ fields: [{ name: 'id' }] })
    expect(superusers.status).toBe(200)
  })

  const invalid = 'An error occurred while validating the submitted data.'
  const failed = 'Failed to import collections.'
  const code = 'validation_collections_import_failure'
  const refusals = [
    {
      name: 'nothing',
      body: {},
      message: invalid,
      data: { collections: { code: 'validation_required' } },
    },
    {
      name: 'another JSON type',
      body: { collections: [5] },
      message: 'An error occurred while loading the submitted data.',
      data: {},
    },
    {
      name: 'an invalid definition after a valid one',
      body: { collections: [{ name: 'fine' }, { name: 'a b' }] },
      message: failed,
      data: {
        collections: {
          code,
          message:
            'Data validations failed for collection "a b" (pbc_2404009634):\n{\n  "name": "must be in a valid format"\n}.',
        },
      },
    },
    {
      name: 'an index the database refuses',
      body: {
        collections: [{ name: 'fine' }, { name: 'x', indexes: ['CREATE INDEX i ON x (nothing)'] }],
      },
      message: failed,
      data: { indexes: { 0: { code: 'validation_invalid_index_expression' } } },
    },
    {
      name: 'a view on a missing table',
      body: { collections: [{ name: 'x', type: 'view', viewQuery: 'SELECT id FROM nowhere' }] },
      message: failed,
      data: {
        collections: {
          code,
          message:
            'Failed to import the collections configuration. Raw error:\nSQL logic error: no such table: main.nowhere (1).',
        },
      },
    },
    {
      name: 'an invalid view',
      body: { collections: [{ name: 'x', type: 'view', viewQuery: 'SELECT * FROM users' }] },
      message: failed,
      data: { collections: { code } },
    },
    {
      name: 'a view whose records share an id',
      body: {
        collections: [{ name: 'x', type: 'view', viewQuery: 'SELECT 1 AS id UNION ALL SELECT 1' }],
      },
      message: failed,
      data: { collections: { code } },
    },
    {
      name: 'other rules of a system collection',
      body: { collections: [{ name: '_mfas', listRule: '' }], deleteMissing: true },
      message: failed,
      data: { collections: { code } },
    },
  ]

  it.for(refusals)(
    'refuses $name, and changes nothing',
    async ({ body, message, data }, { expect }) => {
      const importer = await createImporter()
      const before = await schemaOf(bindings.DB)

      const answer = await importer.run(body)

      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ message, data, status: 400 })
      expect(await schemaOf(bindings.DB)).toEqual(before)
    },
  )
})
