import { describe, it } from 'vitest'
import { password, type SignedIn, signUp } from '../support/accounts.ts'
import { type Blog, createBlog } from '../support/blog.ts'
import { createRecords } from '../support/collections.ts'
import { type Answer, createTestApp } from '../support/test-app.ts'

/*
 * The ratchet of round trips: at the edge a request costs what it waits for. A number here may fall;
 * one that rises needs a reason in the commit that raises it.
 */

interface World extends Blog {
  readonly user: SignedIn
  readonly post: string
  readonly comment: string
}

interface Case {
  readonly name: string
  readonly trips: string
  send(world: World): Promise<Answer>
}

const posts = '/api/collections/posts/records'
const comments = '/api/collections/comments/records'
const users = '/api/collections/users'

const cases: readonly Case[] = [
  {
    name: 'a list',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get(posts),
  },
  {
    name: 'a list with filter, sort, total and a nested expand',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) =>
      app.get(
        `${comments}?filter=(post.author.id!='')&sort=-post.created&expand=post.author,author`,
      ),
  },
  {
    name: 'a list for a signed-in user',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.get(posts, { token: user.token }),
  },
  {
    name: 'a view',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.get(`${posts}/${post}`),
  },
  {
    name: 'a view of a record that is not there',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get(`${posts}/missing00000000`),
  },
  {
    name: 'a view for a signed-in user',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user, post }) => app.get(`${posts}/${post}`, { token: user.token }),
  },
  {
    name: 'a create',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(posts, { title: 'New' }),
  },
  {
    name: 'a create with a relation, for a signed-in user',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.post(posts, { title: 'New', author: user.id }, { token: user.token }),
  },
  {
    name: 'an update',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.patch(`${posts}/${post}`, { 'views+': 1 }),
  },
  {
    name: 'a delete that takes nothing along',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, comment }) => app.delete(`${comments}/${comment}`),
  },
  {
    name: 'a delete that takes other records along',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.delete(`${posts}/${post}`),
  },
  {
    name: 'a batch of creates',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.post(
        '/api/batch',
        {
          requests: [
            { method: 'POST', url: posts, body: { title: 'One' } },
            { method: 'POST', url: posts, body: { title: 'Two' } },
          ],
        },
        { token: user.token },
      ),
  },
  {
    name: 'a sign-in with a password',
    trips: '2 batches, 0 reads, 1 write',
    send: ({ app }) =>
      app.post(`${users}/auth-with-password`, { identity: 'user@example.com', password }),
  },
  {
    name: 'a refreshed sign-in',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.post(`${users}/auth-refresh`, undefined, { token: user.token }),
  },
  {
    name: 'the settings',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/settings', { token: admin.token }),
  },
  {
    name: 'the collections',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/collections', { token: admin.token }),
  },
  {
    name: 'a new collection',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) =>
      app.post('/api/collections', { name: 'new', type: 'base' }, { token: admin.token }),
  },
]

async function createWorld(): Promise<World> {
  const blog = await createBlog()
  const { app, admin } = blog
  await app.patch('/api/settings', { batch: { enabled: true } }, { token: admin.token })
  const user = await signUp(app, 'user@example.com')
  const [post = ''] = await createRecords(app, admin.token, 'posts', {
    title: 'Old',
    author: user.id,
  })
  const [comment = ''] = await createRecords(app, admin.token, 'comments', { text: 'Yes', post })
  // Whatever changed the catalog last, an isolate that has answered once holds the current one.
  await app.get(posts)
  return { ...blog, user, post, comment }
}

/** `Server-Timing`, without its syntax: `1 batch, 1 read, 0 writes`. */
function tripsOf({ headers }: Answer): string {
  const descriptions = headers.get('Server-Timing')?.matchAll(/desc="([^"]*)"/g) ?? []
  return [...descriptions].map(([, text]) => text).join(', ')
}

describe('round trips', () => {
  for (const { name, trips, send } of cases) {
    it(`of ${name}: ${trips}`, async ({ expect }) => {
      const world = await createWorld()

      const answer = await send(world)

      expect({
        trips: tripsOf(answer),
        isFailure: answer.status >= 400 && answer.status !== 404,
      }).toEqual({
        trips,
        isFailure: false,
      })
    })
  }

  it('of the first request in an isolate: one more, for the catalog', async ({ expect }) => {
    await createWorld()

    const answer = await createTestApp().get(posts)

    expect(tripsOf(answer)).toBe('2 batches, 0 reads, 0 writes')
  })
})
