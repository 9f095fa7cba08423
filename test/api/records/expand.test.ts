import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'

type Json = Record<string, unknown>

async function createPost() {
  const { app, admin } = await createBlog()
  const user = await signUp(app, 'user@example.com', { name: 'Ann' })
  const tags = await createRecords(app, admin.token, 'tags', { title: 'x' }, { title: 'y' })
  const [post = ''] = await createRecords(app, admin.token, 'posts', {
    title: 'p',
    author: user.id,
    tags: [tags[1], tags[0]],
  })
  await createRecords(
    app,
    admin.token,
    'comments',
    { text: 'first', post, author: user.id },
    { text: 'second', post },
  )
  await createRecords(app, admin.token, 'profiles', { bio: 'hello', user: user.id })
  await changeCollection(app, admin.token, 'users', { viewRule: '' })
  return { app, admin, user, post }
}

it('expands single, multiple and back relations, nested, in one batch', async ({ expect }) => {
  const { app, post } = await createPost()
  const expand = 'author.profiles_via_user,tags,comments_via_post.author'
  await app.get('/api/collections/posts/records')

  const answer = await app.get(`/api/collections/posts/records/${post}?expand=${expand}`)

  const expanded = (answer.body as Json)['expand'] as Json
  expect(Object.keys(expanded)).toEqual(['author', 'comments_via_post', 'tags'])
  expect(expanded['author']).toMatchObject({
    name: 'Ann',
    // With a unique index a back-relation leads to one record.
    expand: { profiles_via_user: { bio: 'hello' } },
  })
  expect((expanded['tags'] as Json[]).map((tag) => tag['title'])).toEqual(['y', 'x'])
  expect((expanded['comments_via_post'] as Json[]).map((each) => each['text'])).toEqual([
    'first',
    'second',
  ])
  expect((expanded['comments_via_post'] as Json[])[0]).toMatchObject({
    expand: { author: { name: 'Ann' } },
  })
  expect(answer.headers.get('Server-Timing')).toContain('d1;desc="1 batch"')
})

it('leaves out related records that the caller cannot view', async ({ expect }) => {
  const { app, admin, post } = await createPost()
  await changeCollection(app, admin.token, 'tags', { viewRule: "title = 'x'" })

  const answer = await app.get(`/api/collections/posts/records/${post}?expand=tags`)

  const { tags } = (answer.body as Json)['expand'] as Json
  expect((tags as Json[]).map((tag) => tag['title'])).toEqual(['x'])
  // The ids are part of the post and stay.
  expect((answer.body as Json)['tags']).toHaveLength(2)
})

it('drops a whole path through a locked collection', async ({ expect }) => {
  const { app, admin, post } = await createPost()
  await changeCollection(app, admin.token, 'profiles', { viewRule: null })

  const guest = await app.get(
    `/api/collections/posts/records/${post}?expand=author.profiles_via_user`,
  )
  const asAdmin = await app.get(
    `/api/collections/posts/records/${post}?expand=author.profiles_via_user`,
    { token: admin.token },
  )

  expect(guest.body).not.toHaveProperty('expand')
  expect(asAdmin.body).toHaveProperty('expand.author.expand.profiles_via_user.bio', 'hello')
})

it('drops a path through a collection whose view rule no longer compiles', async ({ expect }) => {
  const { app, admin, post } = await createPost()
  const title = { type: 'text', name: 'title' }
  await changeCollection(app, admin.token, 'tags', { fields: [title, { ...title, name: 'gone' }] })
  await changeCollection(app, admin.token, 'profiles', { viewRule: "@collection.tags.gone ?= ''" })
  await changeCollection(app, admin.token, 'tags', { fields: [title] })
  const path = `/api/collections/posts/records/${post}?expand=author.profiles_via_user`

  const guest = await app.get(path)
  const asAdmin = await app.get(path, { token: admin.token })

  expect(guest.body).not.toHaveProperty('expand')
  expect(asAdmin.body).toHaveProperty('expand.author.expand.profiles_via_user')
})

it('ignores invalid paths', async ({ expect }) => {
  const { app, post } = await createPost()

  const answer = await app.get(
    `/api/collections/posts/records/${post}?expand=title,nope,.,tags.nope`,
  )

  expect(answer.status).toBe(200)
  expect(answer.body).not.toHaveProperty('expand')
})

it('hides emails and hidden fields of expanded records too', async ({ expect }) => {
  const { app, admin, user, post } = await createPost()
  const path = `/api/collections/posts/records/${post}?expand=author`

  const guest = await app.get(path)
  const own = await app.get(path, { token: user.token })
  const asAdmin = await app.get(path, { token: admin.token })

  expect(guest.body).not.toHaveProperty('expand.author.email')
  expect(own.body).toHaveProperty('expand.author.email', 'user@example.com')
  expect(asAdmin.body).toHaveProperty('expand.author.email', 'user@example.com')
  for (const { body } of [guest, own, asAdmin]) {
    expect(body).not.toHaveProperty('expand.author.password')
    expect(body).not.toHaveProperty('expand.author.tokenKey')
  }
})

it('expands more paths than a compound select has terms', async ({ expect }) => {
  const { app, post } = await createPost()
  const expand =
    'author.profiles_via_user.user,author.posts_via_author,author.comments_via_author,tags.posts_via_tags,comments_via_post.author,comments_via_post.post'

  const answer = await app.get(`/api/collections/posts/records/${post}?expand=${expand}`)

  expect(answer.status).toBe(200)
  expect(answer.body).toHaveProperty(
    'expand.author.expand.profiles_via_user.expand.user.name',
    'Ann',
  )
  expect(answer.body).toHaveProperty('expand.tags.0.expand.posts_via_tags.0.title', 'p')
})

it('expands up to a hundred relations, and rejects more', async ({ expect }) => {
  const { app, post } = await createPost()
  const turns = ['author.posts_via_author', 'tags.posts_via_tags', 'comments_via_post.post']
  const ends = ['author.profiles_via_user', 'author.comments_via_author']
  const twoTurns = turns.flatMap((first) => turns.map((second) => `${first}.${second}`))
  // 24 relations for the first two turns, and 8 for each way to end.
  const paths = twoTurns.flatMap((start) => [...turns, ...ends].map((end) => `${start}.${end}`))
  const path = `/api/collections/posts/records/${post}?expand=${paths.join()}`

  const many = await app.get(path)
  const tooMany = await app.get(
    `${path},author.profiles_via_user.user,tags.posts_via_tags.tags,${ends[1]}.post.tags.posts_via_tags`,
  )

  expect(many.status).toBe(200)
  expect(many.body).toHaveProperty('expand.author.expand.posts_via_author.0.title', 'p')
  expect(tooMany.status).toBe(400)
})

it('ignores hidden relations, forward, backward or nested', async ({ expect }) => {
  const { app, admin } = await createBlog()
  await createCollections(app, admin.token, {
    name: 'cases',
    fields: [
      { type: 'text', name: 'title' },
      { type: 'relation', name: 'judge', collectionId: 'tags_id', maxSelect: 1, hidden: true },
      { type: 'relation', name: 'topic', collectionId: 'tags_id', maxSelect: 1 },
    ],
  })
  const [tag] = await createRecords(app, admin.token, 'tags', { title: 'x' })
  await createRecords(app, admin.token, 'cases', { title: 'c', judge: tag, topic: tag })
  const expanded = async (path: string, token?: string): Promise<unknown> => {
    const { body } = await app.get(path, token === undefined ? {} : { token })
    return ((body as Json)['items'] as Json[])[0]?.['expand']
  }
  const cases = '/api/collections/cases/records?expand='
  const tags = '/api/collections/tags/records?expand='

  expect(await expanded(`${cases}judge`)).toEqual(await expanded(`${cases}nothing`))
  expect(await expanded(`${tags}cases_via_judge`)).toBeUndefined()
  expect(await expanded(`${cases}topic.cases_via_judge`)).toBeUndefined()
  expect(await expanded(`${tags}cases_via_topic.judge`)).toBeUndefined()
  expect(await expanded(`${cases}judge`, admin.token)).toMatchObject({ judge: { title: 'x' } })
  expect(await expanded(`${tags}cases_via_judge`, admin.token)).toBeDefined()
  expect((await app.get(`${cases}&filter=judge.title='x'`)).status).toBe(400)
  expect((await app.get(`${tags}&filter=cases_via_judge.title='c'`)).status).toBe(400)
  expect((await app.get(`${tags}&sort=cases_via_judge.title`)).status).toBe(400)
})

it('follows a multiple relation that is stored as a bare id', async ({ expect }) => {
  const { app, post } = await createPost()
  const [tag] = ((await app.get('/api/collections/tags/records')).body as { items: Json[] }).items
  await bindings.DB.prepare('UPDATE "posts" SET "tags" = ?').bind(tag?.['id']).run()

  const forward = await app.get(`/api/collections/posts/records/${post}?expand=tags`)
  const back = await app.get(
    `/api/collections/tags/records/${String(tag?.['id'])}?expand=posts_via_tags`,
  )
  const found = await app.get(
    `/api/collections/posts/records?filter=tags.id='${String(tag?.['id'])}'`,
  )

  expect(forward.body).toMatchObject({ tags: [tag?.['id']], expand: { tags: [tag] } })
  expect(back.body).toMatchObject({ expand: { posts_via_tags: [{ id: post }] } })
  expect(found.body).toMatchObject({ totalItems: 1 })
})

describe('a response that becomes too large', () => {
  const many = 'tags.posts_via_tags.tags.posts_via_tags'

  /** 400 posts that all share five tags: four steps lead from each to four million records. */
  async function createDense() {
    const { app, admin } = await createBlog()
    const tags = await createRecords(
      app,
      admin.token,
      'tags',
      ...Array.from({ length: 5 }, (_, n) => ({ title: `tag ${n}` })),
    )
    await bindings.DB.prepare(
      `INSERT INTO "posts" ("id", "title", "tags")
       WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 399)
       SELECT printf('post%011d', n), 'post', ?1 FROM series`,
    )
      .bind(JSON.stringify(tags))
      .run()
    return { app, admin, id: 'post00000000000', tags }
  }

  it('is rejected as a list and as a view', async ({ expect }) => {
    const { app, id } = await createDense()
    const list = '/api/collections/posts/records'

    const answers = [
      await app.get(`${list}?perPage=1&expand=${many}`),
      await app.get(`${list}/${id}?expand=${many}`),
      await app.get(`${list}?perPage=500&expand=tags.posts_via_tags`),
    ]
    const small = await app.get(`${list}/${id}?expand=tags.posts_via_tags`)

    for (const { status, body } of answers) {
      expect(status).toBe(400)
      expect((body as Json)['message']).toContain('Expand fewer relations')
    }
    expect(small.status).toBe(200)
  })

  it('is rejected for its bytes, even with few records', async ({ expect }) => {
    const { app, id } = await createDense()
    await bindings.DB.prepare('UPDATE "posts" SET "title" = ?').bind('x'.repeat(10_000)).run()

    const { status } = await app.get(
      `/api/collections/posts/records/${id}?expand=tags.posts_via_tags`,
    )

    expect(status).toBe(400)
  })

  it('is sent without expanded records after a write', async ({ expect }) => {
    const { app, admin, id, tags } = await createDense()
    const { token } = admin
    const url = '/api/collections/posts/records'
    await app.patch('/api/settings', { batch: { enabled: true } }, { token })

    const changed = await app.patch(`${url}/${id}?expand=${many}`, { title: 'new' }, { token })
    const batch = await app.post(
      '/api/batch',
      {
        requests: [
          { method: 'POST', url: `${url}?expand=${many}`, body: { title: 'one', tags } },
          { method: 'POST', url: `${url}?expand=tags`, body: { title: 'two', tags } },
        ],
      },
      { token },
    )

    expect(changed).toMatchObject({ status: 200, body: { title: 'new' } })
    expect(changed.body).not.toHaveProperty('expand')
    const [one, two] = batch.body as { body: Json }[]
    expect(one?.body).not.toHaveProperty('expand')
    expect(two?.body).toHaveProperty('expand.tags.4')
  })
})
