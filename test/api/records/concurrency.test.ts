import { describe, it } from 'vitest'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, codesOf, createRecords } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'

async function createUnique() {
  const blog = await createBlog()
  await changeCollection(blog.app, blog.admin.token, 'posts', {
    indexes: ['CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (`title`)'],
  })
  // As many isolates as requests.
  const isolates = Array.from({ length: 10 }, () => createTestApp())
  return { ...blog, isolates }
}

describe('concurrent requests', () => {
  it('for a unique value: one creates it', async ({ expect }) => {
    const { app, isolates } = await createUnique()

    const answers = await Promise.all(isolates.map((each) => each.post(posts, { title: 'one' })))

    const [won, ...lost] = answers.toSorted((a, b) => a.status - b.status)
    expect(won?.status).toBe(200)
    for (const answer of lost) expect(codesOf(answer)).toEqual({ title: 'validation_not_unique' })
    expect((await app.get(posts)).body).toMatchObject({ totalItems: 1 })
  })

  it('for a unique value: one is changed to it', async ({ expect }) => {
    const { app, admin, isolates } = await createUnique()
    const ids = await createRecords(
      ...([app, admin.token, 'posts'] as const),
      ...isolates.map((_, n) => ({ title: `title ${n}` })),
    )

    const answers = await Promise.all(
      isolates.map((each, n) => each.patch(`${posts}/${ids[n]}`, { title: 'one' })),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
    expect((await app.get(`${posts}?filter=(title='one')`)).body).toMatchObject({ totalItems: 1 })
  })

  it('for an id: one gets it', async ({ expect }) => {
    const { isolates } = await createUnique()

    const answers = await Promise.all(
      isolates.map((each, n) => each.post(posts, { id: 'abcdefghijklmno', title: `title ${n}` })),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('that increment a number are all counted', async ({ expect }) => {
    const { app, admin, isolates } = await createUnique()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    const answers = await Promise.all(
      [...isolates, ...isolates, ...isolates, ...isolates, ...isolates].map((each) =>
        each.patch(`${posts}/${id}`, { 'views+': 1 }),
      ),
    )

    expect(answers.every((answer) => answer.status === 200)).toBe(true)
    const seen = answers.map((answer) => (answer.body as { views: number }).views)
    expect(new Set(seen).size).toBe(50)
    expect((await app.get(`${posts}/${id}`)).body).toMatchObject({ views: 50 })
  })

  it('that append to a list fill it up to its maximum', async ({ expect }) => {
    const { app, admin, isolates } = await createUnique()
    const tags = await createRecords(
      ...([app, admin.token, 'tags'] as const),
      ...isolates.map((_, n) => ({ title: String(n) })),
    )
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    await Promise.all(isolates.map((each, n) => each.patch(`${posts}/${id}`, { 'tags+': tags[n] })))

    const { body } = await app.get(`${posts}/${id}`)
    expect((body as { tags: string[] }).tags.toSorted()).toEqual(tags.toSorted())
  })

  it('that change different fields change them all', async ({ expect }) => {
    const { app, admin } = await createUnique()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })
    const [tag = ''] = await createRecords(app, admin.token, 'tags', {})

    await Promise.all([
      app.patch(`${posts}/${id}`, { title: 'b' }),
      app.patch(`${posts}/${id}`, { views: 7 }),
      app.patch(`${posts}/${id}`, { tags: [tag] }),
    ])

    expect((await app.get(`${posts}/${id}`)).body).toMatchObject({
      ...{ title: 'b', views: 7, tags: [tag] },
    })
  })

  it('that delete and refer leave no broken reference', async ({ expect }) => {
    const { app, admin, isolates } = await createUnique()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', {})

    await Promise.all(
      isolates.map((each, n) =>
        n === 5
          ? each.delete(`/api/collections/tags/records/${tag}`)
          : each.post(posts, { title: `title ${n}`, tags: [tag] }),
      ),
    )

    const { body } = await app.get(`${posts}?filter=(tags:length>0)`)
    expect(body).toMatchObject({ totalItems: 0 })
  })
})
