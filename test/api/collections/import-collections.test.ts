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

describe('PUT /api/collections/import', () => {
  it('makes collections that refer to one another, in any order', async ({ expect }) => {
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

  it('changes what is there, and keeps records and fields it does not name', async ({ expect }) => {
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

  it('deletes what is missing when it is asked to, but nothing of the system', async ({
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
      name: 'a definition that is not valid, after one that is',
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
      name: 'a view over what is not there',
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
      name: 'a view that is none',
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
