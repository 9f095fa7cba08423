import { describe, it } from 'vitest'
import { type Blog, createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'

const path = '/api/collections/summary/records'

/** A post with a tag and a comment, and a view on all posts. */
async function createSummary(): Promise<Blog & { post: string; comment: string }> {
  const blog = await createBlog()
  const { app, admin } = blog
  const { token } = admin
  const [tag] = await createRecords(app, token, 'tags', { title: 'x' })
  const [post = ''] = await createRecords(app, token, 'posts', {
    ...{ title: 'a', tags: [tag], views: 3, secret: 's' },
  })
  await createRecords(app, token, 'posts', { title: 'b' })
  const [comment = ''] = await createRecords(app, token, 'comments', { post, text: 'yes' })
  await createCollections(app, token, {
    ...{ name: 'summary', type: 'view', listRule: '', viewRule: '' },
    viewQuery: `SELECT posts.id, posts.title, posts.tags, posts.views, posts.secret, comments.id AS comment,
      COUNT(comments.id) AS total FROM posts LEFT JOIN comments ON comments.post = posts.id GROUP BY posts.id`,
  })
  return { ...blog, post, comment }
}

describe('the records of a view', () => {
  it('are listed and viewed by their own rules', async ({ expect }) => {
    const { app, admin, post } = await createSummary()
    await changeCollection(app, admin.token, 'summary', {
      ...{ listRule: 'total > 0', viewRule: 'total = 0' },
    })

    const list = await app.get(path)
    const view = await app.get(`${path}/${post}`)
    const asAdmin = await app.get(`${path}/${post}`, { token: admin.token })

    expect(list.body).toMatchObject({
      ...{ totalItems: 1, items: [{ id: post, collectionName: 'summary', title: 'a', views: 3 }] },
    })
    expect(view.status).toBe(404)
    expect(asAdmin.status).toBe(200)
  })

  it('are filtered and sorted, also by what they refer to', async ({ expect }) => {
    const { app, post, comment } = await createSummary()
    const ids = async (query: string) => {
      const { body } = await app.get(`${path}?${query}`)
      return (body as { items: { title: string }[] }).items.map(({ title }) => title)
    }

    expect(await ids('sort=-title')).toEqual(['b', 'a'])
    expect(await ids("filter=(tags.title?='x')")).toEqual(['a'])
    expect(await ids("filter=(comment.text='yes')")).toEqual(['a'])
    const { body } = await app.get(`${path}/${post}?expand=tags,comment.post`)
    expect(body).toMatchObject({
      expand: { tags: [{ title: 'x' }], comment: { id: comment, expand: { post: { id: post } } } },
    })
  })

  it('show a number cast to a bool as a filter finds it', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const { token } = admin
    const counts = [-1, 0, 0.5, 1, 2]
    for (const views of counts) await createRecords(app, token, 'posts', { title: 'a', views })
    await createCollections(app, token, {
      ...{ name: 'seen', type: 'view', listRule: '' },
      viewQuery: 'SELECT id, views, CAST(views AS BOOL) AS b FROM posts',
    })
    const shown = async (filter: string) => {
      const { body } = await app.get(`/api/collections/seen/records?sort=views&filter=(${filter})`)
      return (body as { items: { views: number; b: boolean }[] }).items
    }

    const all = await shown('views > -9')

    expect(all.map(({ b }) => b)).toEqual(counts.map((views) => views === 1))
    expect(await shown('b = true')).toEqual(all.filter(({ b }) => b))
  })

  it.for(['sort=@rowid', 'filter=(nothing=1)'])('do not support %s', async (query, { expect }) => {
    const { app } = await createSummary()

    expect((await app.get(`${path}?${query}`)).status).toBe(400)
  })

  it('reflect the current content of their tables', async ({ expect }) => {
    const { app, admin, post, comment } = await createSummary()

    await app.delete(`/api/collections/comments/records/${comment}`, { token: admin.token })
    await app.patch(`/api/collections/posts/records/${post}`, { title: 'new' })

    expect((await app.get(`${path}/${post}`)).body).toMatchObject({ title: 'new', comment: '' })
  })
})
