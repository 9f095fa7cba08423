import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { schemaOf } from '../../support/schema.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/collections'

describe('DELETE /api/collections/:collection', () => {
  it('deletes the collection and leaves no trace in the database', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const tables = async () => {
      const { results } = await bindings.DB.prepare('SELECT "name" FROM sqlite_master').all()
      return results.map(({ name }) => String(name)).filter((name) => !name.startsWith('_cf'))
    }
    const before = await tables()
    const indexes = ['CREATE INDEX by_id ON posts (id)']
    await createCollections(app, token, { name: 'posts', indexes })

    const answer = await app.delete(`${path}/posts`, { token })
    const gone = await app.get(`${path}/posts`, { token })

    expect(answer.status).toBe(204)
    expect(answer.body).toBeUndefined()
    expect(gone.status).toBe(404)
    expect(await tables()).toEqual(before)
  })

  it('deletes the data of an auth collection’s accounts, and of no other', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'staff', type: 'auth' })
    await bindings.DB.batch(
      ['staff_id', '_pb_users_auth_'].map((collection) =>
        bindings.DB.prepare(
          `INSERT INTO "_mfas" ("id", "collectionRef", "recordRef", "method") VALUES (?1, ?1, 'r', 'm')`,
        ).bind(collection),
      ),
    )

    await app.delete(`${path}/staff`, { token })
    const { results } = await bindings.DB.prepare('SELECT "collectionRef" FROM "_mfas"').all()

    expect(results).toEqual([{ collectionRef: '_pb_users_auth_' }])
  })

  const relation = { name: 'post', type: 'relation', collectionId: 'posts_id' }
  const message = 'Failed to delete collection.'
  const refusals = [
    { name: 'a system collection', collections: [], target: '_mfas', message },
    {
      name: 'a collection that relations refer to',
      collections: [
        { name: 'comments', fields: [relation] },
        { name: 'likes', fields: [relation] },
      ],
      target: 'posts',
      message: 'Failed to delete collection probably due to existing reference in comments, likes.',
    },
    {
      name: 'a collection that a view reads',
      collections: [{ name: 'ids', type: 'view', viewQuery: 'SELECT id FROM posts' }],
      target: 'posts',
      message,
    },
    {
      name: 'a view that a view reads',
      collections: [
        { name: 'low', type: 'view', viewQuery: 'SELECT id FROM posts' },
        { name: 'high', type: 'view', viewQuery: 'SELECT id FROM low' },
      ],
      target: 'low',
      message,
    },
  ]

  it.for(refusals)('refuses $name, and changes nothing', async (refusal, { expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'posts' }, ...refusal.collections)
    const before = await schemaOf(bindings.DB)

    const answer = await app.delete(`${path}/${refusal.target}`, { token })

    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ data: {}, message: refusal.message, status: 400 })
    expect(await schemaOf(bindings.DB)).toEqual(before)
  })

  it('deletes a collection that only refers to itself', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'posts' })
    await app.patch(`${path}/posts`, { fields: [relation] }, { token })

    const answer = await app.delete(`${path}/posts`, { token })

    expect(answer.status).toBe(204)
  })

  it('does not find a missing collection', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.delete(`${path}/nothing`, { token })

    expect(answer.status).toBe(404)
  })
})
