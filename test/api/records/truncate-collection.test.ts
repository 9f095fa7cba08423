import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'

const truncate = (name: string) => `/api/collections/${name}/truncate`

describe('truncating a collection', () => {
  it('deletes all its records with their cascade, and nothing else', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const { token } = admin
    const [tag = ''] = await createRecords(app, token, 'tags', { title: 'x' })
    const posts = await createRecords(
      ...[app, token, 'posts'],
      ...[{ title: 'a', tags: [tag] }, { title: 'b' }],
    )
    await createRecords(app, token, 'comments', { post: posts[0] }, { text: 'free' })

    const answer = await app.delete(truncate('posts'), { token })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    const total = async (name: string) =>
      ((await app.get(`/api/collections/${name}/records`)).body as { totalItems: number })
        .totalItems
    expect([await total('posts'), await total('comments'), await total('tags')]).toEqual([0, 1, 1])
  })

  it('drops references to the deleted records', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
    const [post = ''] = await createRecords(app, admin.token, 'posts', {
      ...{ title: 'a', tags: [tag] },
    })

    await app.delete(truncate('tags'), { token: admin.token })

    const { body } = await app.get(`/api/collections/posts/records/${post}`)
    expect(body).toMatchObject({ tags: [] })
  })

  it('is for superusers', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com')
    await createRecords(app, admin.token, 'tags', { title: 'x' })

    const statuses = [
      await app.delete(truncate('tags')),
      await app.delete(truncate('tags'), { token: 'nonsense' }),
      await app.delete(truncate('tags'), { token: user.token }),
      await app.delete(truncate('none'), { token: admin.token }),
    ].map(({ status }) => status)

    expect(statuses).toEqual([401, 401, 403, 404])
    expect((await app.get('/api/collections/tags/records')).body).toMatchObject({ totalItems: 1 })
  })

  it.for([
    ['a view', 'titles'],
    ['the superusers', '_superusers'],
    ['records that others must refer to', 'tags'],
  ])('refuses %s, and deletes nothing', async ([, name = ''], { expect }) => {
    const { app, admin } = await createBlog()
    const { token } = admin
    await createCollections(app, token, {
      ...{ name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM tags' },
    })
    const [tag = ''] = await createRecords(app, token, 'tags', { title: 'x' })
    await createRecords(app, token, 'posts', { title: 'a', tags: [tag] })
    const { body } = await app.get('/api/collections/posts', { token })
    const { fields } = body as { fields: { name: string }[] }
    await changeCollection(app, token, 'posts', {
      fields: fields.map((field) => (field.name === 'tags' ? { ...field, required: true } : field)),
    })

    const answer = await app.delete(truncate(name), { token })

    expect(answer.status).toBe(400)
    const { body: left } = await app.get(`/api/collections/${name}/records`, { token })
    expect(left).toMatchObject({ totalItems: 1 })
  })
})
