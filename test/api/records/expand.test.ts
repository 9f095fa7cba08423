import { it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createRecords } from '../../support/collections.ts'

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
    // A unique index makes the way back lead to one record.
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

it('leaves out related records that the caller may not view', async ({ expect }) => {
  const { app, admin, post } = await createPost()
  await changeCollection(app, admin.token, 'tags', { viewRule: "title = 'x'" })

  const answer = await app.get(`/api/collections/posts/records/${post}?expand=tags`)

  const { tags } = (answer.body as Json)['expand'] as Json
  expect((tags as Json[]).map((tag) => tag['title'])).toEqual(['x'])
  // The ids are the post's own data and stay.
  expect((answer.body as Json)['tags']).toHaveLength(2)
})

it('drops a path through a locked collection, whole', async ({ expect }) => {
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

it('ignores what cannot be expanded', async ({ expect }) => {
  const { app, post } = await createPost()

  const answer = await app.get(
    `/api/collections/posts/records/${post}?expand=title,nope,.,tags.nope`,
  )

  expect(answer.status).toBe(200)
  expect(answer.body).not.toHaveProperty('expand')
})

it('hides addresses and hidden fields of expanded records too', async ({ expect }) => {
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

it('expands up to a hundred relations, and refuses more', async ({ expect }) => {
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
