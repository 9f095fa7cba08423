import { describe, it, vi } from 'vitest'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import { tokenIn } from '../support/account-tokens.ts'
import { password, type SignedIn, signIn, signUp } from '../support/accounts.ts'
import { beginEnrolment, challenge, codeOf, confirm, enrol } from '../support/authenticators.ts'
import { bindings } from '../support/bindings.ts'
import { type Blog, createBlog } from '../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../support/collections.ts'
import { documentedApp } from '../support/documented-app.ts'
import { openStream } from '../support/event-stream.ts'
import { acceptFakeProvider, createFakeProvider, signInWithCode } from '../support/fake-provider.ts'
import { formOf, tinyPng } from '../support/stored-files.ts'
import { type Answer, createTestApp, type TestApp } from '../support/test-app.ts'

/*
 * The ratchet of round trips, which decide how long a request takes. A number here may fall; one
 * that rises needs a reason in the commit that raises it.
 */

interface World extends Blog {
  readonly user: SignedIn
  readonly post: string
  readonly comment: string
}

interface Case {
  readonly name: string
  /** The route, as the app names it. */
  readonly route: string
  readonly trips: string
  send(world: World): Promise<Answer>
}

const posts = '/api/collections/posts/records'
const comments = '/api/collections/comments/records'
const users = '/api/collections/users'

const routeOf = {
  list: 'GET /api/collections/:collection/records',
  view: 'GET /api/collections/:collection/records/:id',
  create: 'POST /api/collections/:collection/records',
  update: 'PATCH /api/collections/:collection/records/:id',
  delete: 'DELETE /api/collections/:collection/records/:id',
  batch: 'POST /api/batch',
}

const once = { headers: { 'Idempotency-Key': 'a-random-text' } }

async function ifMatch(app: TestApp, { token }: SignedIn, post: string) {
  const { headers } = await app.get(`${posts}/${post}`, { token })
  return { token, headers: { 'If-Match': headers.get('ETag') ?? '' } }
}

const twoPosts = {
  requests: [
    { method: 'POST', url: posts, body: { title: 'One' } },
    { method: 'POST', url: posts, body: { title: 'Two' } },
  ],
}

/** Has a webhook told of all changes of a collection. */
async function listen({ app, admin: { token } }: World, collection: string): Promise<void> {
  const webhook = { url: 'https://receiver.example.com/', collection }
  const { status } = await app.post('/api/webhooks', webhook, { token })
  if (status !== 200) throw new Error(`No webhook: ${status}`)
  await app.get(posts)
}

const reads: readonly Case[] = [
  {
    name: 'a list',
    route: routeOf.list,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get(posts),
  },
  {
    name: 'a list with filter, sort, total and a nested expand',
    route: routeOf.list,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) =>
      app.get(
        `${comments}?filter=(post.author.id!='')&sort=-post.created&expand=post.author,author`,
      ),
  },
  {
    name: 'a list for a signed-in user',
    route: routeOf.list,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.get(posts, { token: user.token }),
  },
  {
    name: 'a list by a rule that asks who calls',
    route: routeOf.list,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.get('/api/collections/private/records', { token: user.token }),
  },
  {
    name: 'a view',
    route: routeOf.view,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.get(`${posts}/${post}`),
  },
  {
    name: 'a view of a missing record',
    route: routeOf.view,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get(`${posts}/missing00000000`),
  },
  {
    name: 'a view for a signed-in user',
    route: routeOf.view,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user, post }) => app.get(`${posts}/${post}`, { token: user.token }),
  },
  {
    name: 'a view with two hundred related records, three relations deep',
    route: routeOf.view,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.get(`${posts}/${post}?expand=tags.posts_via_tags.tags,author`),
  },
  {
    name: 'a list that the client has',
    route: routeOf.list,
    trips: '1 batch, 0 reads, 0 writes',
    async send({ app }) {
      const { headers } = await app.get(posts)
      return await app.get(posts, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    },
  },
  {
    name: 'a rejected list',
    route: routeOf.list,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get('/api/collections/_superusers/records'),
  },
]

const writes: readonly Case[] = [
  {
    name: 'a create',
    route: routeOf.create,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(posts, { title: 'New' }),
  },
  {
    name: 'a create with a relation, for a signed-in user',
    route: routeOf.create,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.post(posts, { title: 'New', author: user.id }, { token: user.token }),
  },
  {
    name: 'a create with invalid fields',
    route: routeOf.create,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(posts, { title: '', tags: ['none'] }),
  },
  {
    name: 'an update',
    route: routeOf.update,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.patch(`${posts}/${post}`, { 'views+': 1 }),
  },
  {
    name: 'an update of one’s own account',
    route: routeOf.update,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.patch(`${users}/records/${user.id}`, { name: 'Ann' }, { token: user.token }),
  },
  {
    name: 'a new password for one’s own account',
    route: routeOf.update,
    // The stored hash is read first, because the database cannot compare it.
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.patch(
        `${users}/records/${user.id}`,
        { oldPassword: password, password: 'battery-staple', passwordConfirm: 'battery-staple' },
        { token: user.token },
      ),
  },
  {
    name: 'a delete without a cascade',
    route: routeOf.delete,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, comment }) => app.delete(`${comments}/${comment}`),
  },
  {
    name: 'a delete with a cascade',
    route: routeOf.delete,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app, post }) => app.delete(`${posts}/${post}`),
  },
  {
    name: 'a truncated collection',
    route: 'DELETE /api/collections/:collection/truncate',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.delete('/api/collections/posts/truncate', { token: admin.token }),
  },
  {
    name: 'a create with an idempotency key',
    route: routeOf.create,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(posts, { title: 'New' }, once),
  },
  {
    name: 'its repetition',
    route: routeOf.create,
    trips: '2 batches, 0 reads, 0 writes',
    async send({ app }) {
      await app.post(posts, { title: 'New' }, once)
      return await app.post(posts, { title: 'New' }, once)
    },
  },
  {
    name: 'an update with If-Match',
    route: routeOf.update,
    trips: '2 batches, 1 read, 0 writes',
    send: async ({ app, user, post }) =>
      await app.patch(`${posts}/${post}`, { title: 'New' }, await ifMatch(app, user, post)),
  },
  {
    name: 'a delete with If-Match',
    route: routeOf.delete,
    trips: '2 batches, 1 read, 0 writes',
    send: async ({ app, user, post }) =>
      await app.delete(`${posts}/${post}`, await ifMatch(app, user, post)),
  },
  {
    name: 'a write with an outdated If-Match',
    route: routeOf.delete,
    trips: '2 batches, 0 reads, 0 writes',
    send: ({ app, post }) =>
      app.delete(`${posts}/${post}`, { headers: { 'If-Match': '"outdated"' } }),
  },
  {
    name: 'a create with If-None-Match',
    route: routeOf.create,
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(posts, { title: 'New' }, { headers: { 'If-None-Match': '*' } }),
  },
  {
    name: 'a create that webhooks are told of',
    route: routeOf.create,
    trips: '1 batch, 0 reads, 0 writes',
    async send(world) {
      await listen(world, 'posts')
      return await world.app.post(posts, { title: 'New' })
    },
  },
  {
    name: 'an update that webhooks are told of, with what it was before',
    route: routeOf.update,
    trips: '1 batch, 0 reads, 0 writes',
    async send(world) {
      await listen(world, 'posts')
      return await world.app.patch(`${posts}/${world.post}`, { title: 'New' })
    },
  },
  {
    name: 'a delete whose cascade webhooks are told of',
    route: routeOf.delete,
    trips: '1 batch, 0 reads, 0 writes',
    async send(world) {
      await listen(world, 'comments')
      return await world.app.delete(`${posts}/${world.post}`)
    },
  },
  {
    name: 'a batch with an idempotency key',
    route: routeOf.batch,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.post('/api/batch', twoPosts, { token: user.token, ...once }),
  },
  {
    name: 'the repetition of a batch',
    route: routeOf.batch,
    trips: '2 batches, 1 read, 0 writes',
    async send({ app, user }) {
      await app.post('/api/batch', twoPosts, { token: user.token, ...once })
      return await app.post('/api/batch', twoPosts, { token: user.token, ...once })
    },
  },
  {
    name: 'a batch of creates',
    route: routeOf.batch,
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.post('/api/batch', twoPosts, { token: user.token }),
  },
  {
    name: 'a batch with an upsert',
    route: routeOf.batch,
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, user, post }) =>
      app.post(
        '/api/batch',
        {
          requests: [
            { method: 'PUT', url: posts, body: { id: post, title: 'One' } },
            { method: 'DELETE', url: `${posts}/${post}` },
          ],
        },
        { token: user.token },
      ),
  },
]

/** An uploaded file of the user's own record, and its name. */
async function uploadAvatar({ app, user }: World): Promise<string> {
  const form = formOf(['avatar', new File([tinyPng], 'me.png')])
  const { body } = await app.patch(`${users}/records/${user.id}`, form, { token: user.token })
  return (body as { avatar: string }).avatar
}

const files: readonly Case[] = [
  {
    name: 'a change with a file',
    route: routeOf.update,
    // The keys are reserved in a separate batch before the files are stored.
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.patch(`${users}/records/${user.id}`, formOf(['avatar', new File([tinyPng], 'me.png')]), {
        token: user.token,
      }),
  },
  {
    name: 'a file',
    route: 'GET /api/files/:collection/:record/:name',
    trips: '1 batch, 0 reads, 0 writes',
    send: async (world) =>
      world.app.get(`/api/files/users/${world.user.id}/${await uploadAvatar(world)}`),
  },
  {
    name: 'a token for protected files',
    route: 'POST /api/files/token',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.post('/api/files/token', undefined, { token: user.token }),
  },
]

/** An existing backup, and a superuser's file token. */
async function makeBackup({ app, admin }: World): Promise<string> {
  await app.post('/api/backups', { name: 'a.zip' }, { token: admin.token })
  const { body } = await app.post('/api/files/token', undefined, { token: admin.token })
  return (body as { token: string }).token
}

// Besides the batch there are calls to the bucket, and to the object that does the work.
const backups: readonly Case[] = [
  {
    name: 'the backups',
    route: 'GET /api/backups',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/backups', { token: admin.token }),
  },
  {
    name: 'making a backup',
    route: 'POST /api/backups',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.post('/api/backups', { name: 'a.zip' }, { token: admin.token }),
  },
  {
    name: 'uploading a backup',
    route: 'POST /api/backups/upload',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) =>
      app.post('/api/backups/upload', formOf(['file', new File(['PK\u0003\u0004'], 'b.zip')]), {
        token: admin.token,
      }),
  },
  {
    name: 'a backup',
    route: 'GET /api/backups/:key',
    trips: '1 batch, 0 reads, 0 writes',
    send: async (world) => {
      const token = await makeBackup(world)
      const response = await world.app.fetch(
        `http://127.0.0.1:8787/api/backups/a.zip?token=${token}`,
      )
      await response.arrayBuffer()
      return { status: response.status, headers: response.headers, body: undefined }
    },
  },
  {
    name: 'deleting a backup',
    route: 'DELETE /api/backups/:key',
    trips: '1 batch, 1 read, 0 writes',
    send: async (world) => {
      await makeBackup(world)
      return await world.app.delete('/api/backups/a.zip', { token: world.admin.token })
    },
  },
  {
    name: 'starting a restore',
    route: 'POST /api/backups/:key/restore',
    trips: '1 batch, 1 read, 0 writes',
    send: async (world) => {
      await makeBackup(world)
      const { app, admin } = world
      return await app.post('/api/backups/a.zip/restore', undefined, { token: admin.token })
    },
  },
]

const realtime: readonly Case[] = [
  {
    name: 'a stream of events',
    route: 'GET /api/realtime',
    trips: '1 batch, 0 reads, 0 writes',
    send: async ({ app }) => {
      const { status, headers, body } = await app.fetch('http://127.0.0.1:8787/api/realtime')
      await body?.cancel()
      return { status, headers, body: undefined }
    },
  },
  {
    name: 'a subscription',
    route: 'POST /api/realtime',
    trips: '1 batch, 1 read, 0 writes',
    send: async ({ app, user }) => {
      const stream = await openStream(app)
      const answer = await stream.subscribe(['posts/*'], user.token)
      await stream.close()
      return answer
    },
  },
]

const accounts: readonly Case[] = [
  {
    name: 'a sign-in with a password',
    route: 'POST /api/collections/:collection/auth-with-password',
    trips: '2 batches, 0 reads, 1 write',
    send: ({ app }) =>
      app.post(`${users}/auth-with-password`, { identity: 'user@example.com', password }),
  },
  {
    name: 'a rejected sign-in',
    route: 'POST /api/collections/:collection/auth-with-password',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) =>
      app.post(`${users}/auth-with-password`, { identity: 'user@example.com', password: 'x' }),
  },
  {
    name: 'a refreshed sign-in',
    route: 'POST /api/collections/:collection/auth-refresh',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.post(`${users}/auth-refresh`, undefined, { token: user.token }),
  },
  {
    name: 'the authentication methods',
    route: 'GET /api/collections/:collection/auth-methods',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get(`${users}/auth-methods`),
  },
  {
    name: 'an impersonation token',
    route: 'POST /api/collections/:collection/impersonate/:id',
    trips: '1 batch, 1 read, 1 write',
    send: ({ app, admin, user }) =>
      app.post(`${users}/impersonate/${user.id}`, {}, { token: admin.token }),
  },
  {
    name: 'a sign-out',
    route: 'POST /api/collections/:collection/logout',
    trips: '1 batch, 1 read, 1 write',
    send: ({ app, user }) => app.post(`${users}/logout`, undefined, { token: user.token }),
  },
  {
    name: 'one’s own sessions',
    route: 'GET /api/collections/:collection/sessions',
    trips: '1 batch, 2 reads, 0 writes',
    send: ({ app, user }) => app.get(`${users}/sessions`, { token: user.token }),
  },
  {
    name: 'ending all other sessions',
    route: 'DELETE /api/collections/:collection/sessions',
    // The sessions to remove are listed after the response.
    trips: '1 batch, 2 reads, 0 writes',
    send: ({ app, user }) => app.delete(`${users}/sessions`, { token: user.token }),
  },
  {
    name: 'ending one other session',
    route: 'DELETE /api/collections/:collection/sessions/:id',
    trips: '1 batch, 2 reads, 1 write',
    send: async ({ app, user }) => {
      const other = await signIn(app, 'users', 'user@example.com')
      const { body } = await app.get(`${users}/sessions`, { token: other.token })
      const { items } = body as { items: { id: string; current: boolean }[] }
      const session = items.find(({ current }) => current)?.id
      return await app.delete(`${users}/sessions/${session}`, { token: user.token })
    },
  },
]

/** Lets accounts have an authenticator. */
async function allowAuthenticators({ app, admin }: World): Promise<void> {
  const change = { security: { totp: { enabled: true } } }
  await changeCollection(app, admin.token, 'users', change)
  await app.get(`${users}/auth-methods`)
}

/** A challenge of the user, who has an authenticator, and its code. */
async function challenged(world: World): Promise<{ mfaId: string; code: string; codes: string[] }> {
  const { app, user } = world
  await allowAuthenticators(world)
  const phone = await enrol(app, user)
  const mfaId = await challenge(app, 'user@example.com')
  // The code that confirmed it is used up.
  return { mfaId, code: await codeOf(phone, 1), codes: [...phone.recoveryCodes] }
}

const states: readonly Case[] = [
  {
    name: 'a disabled account',
    route: 'POST /api/collections/:collection/disable/:id',
    // The sessions to remove are listed after the response.
    trips: '1 batch, 2 reads, 0 writes',
    send: async ({ app, admin }) => {
      // Without a session, so that nothing is removed after the response.
      const account = { email: 'new@example.com', password, passwordConfirm: password }
      const { body } = await app.post(`${users}/records`, account, { token: admin.token })
      const { id } = body as { id: string }
      return await app.post(`${users}/disable/${id}`, {}, { token: admin.token })
    },
  },
  {
    name: 'an enabled account',
    route: 'POST /api/collections/:collection/enable/:id',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user, admin }) =>
      app.post(`${users}/enable/${user.id}`, undefined, { token: admin.token }),
  },
  {
    name: 'the disabled accounts',
    route: 'GET /api/collections/:collection/states',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get(`${users}/states`, { token: admin.token }),
  },
]

const factors: readonly Case[] = [
  {
    name: 'one’s own second factors',
    route: 'GET /api/collections/:collection/factors',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, user }) => app.get(`${users}/factors`, { token: user.token }),
  },
  {
    name: 'a new authenticator',
    route: 'POST /api/collections/:collection/factors/totp',
    trips: '1 batch, 1 read, 0 writes',
    send: async (world) => {
      await allowAuthenticators(world)
      return await world.app.post(`${users}/factors/totp`, {}, { token: world.user.token })
    },
  },
  {
    name: 'a confirmed authenticator',
    route: 'POST /api/collections/:collection/factors/totp/:id/confirm',
    trips: '2 batches, 1 read, 0 writes',
    send: async (world) => {
      await allowAuthenticators(world)
      const begun = await beginEnrolment(world.app, world.user.token)
      return await confirm(world.app, begun, world.user.token)
    },
  },
  {
    name: 'new recovery codes',
    route: 'POST /api/collections/:collection/factors/recovery-codes',
    trips: '1 batch, 1 read, 0 writes',
    send: async (world) => {
      await allowAuthenticators(world)
      const { owner } = await enrol(world.app, world.user)
      return await world.app.post(`${users}/factors/recovery-codes`, {}, { token: owner.token })
    },
  },
  {
    name: 'a renamed authenticator',
    route: 'PATCH /api/collections/:collection/factors/:id',
    trips: '1 batch, 1 read, 0 writes',
    send: async (world) => {
      await allowAuthenticators(world)
      const { app, user } = world
      const { id } = await beginEnrolment(app, user.token)
      return await app.patch(`${users}/factors/${id}`, { name: 'Phone' }, { token: user.token })
    },
  },
  {
    name: 'a removed authenticator',
    route: 'DELETE /api/collections/:collection/factors/:id',
    // The sessions to remove are listed after the response.
    trips: '1 batch, 2 reads, 0 writes',
    send: async (world) => {
      await allowAuthenticators(world)
      const { id, owner } = await enrol(world.app, world.user)
      return await world.app.delete(`${users}/factors/${id}`, { token: owner.token })
    },
  },
  {
    name: 'a sign-in with an authenticator',
    route: 'POST /api/collections/:collection/auth-with-totp',
    trips: '2 batches, 0 reads, 1 write',
    send: async (world) => {
      const { mfaId, code } = await challenged(world)
      return await world.app.post(`${users}/auth-with-totp`, { mfaId, code })
    },
  },
  {
    name: 'a sign-in with a recovery code',
    route: 'POST /api/collections/:collection/auth-with-recovery-code',
    trips: '2 batches, 0 reads, 1 write',
    send: async (world) => {
      const { mfaId, codes } = await challenged(world)
      return await world.app.post(`${users}/auth-with-recovery-code`, { mfaId, code: codes[0] })
    },
  },
  {
    name: 'a step-up with the password',
    route: 'POST /api/collections/:collection/step-up',
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.post(`${users}/step-up`, { method: 'password', password }, { token: user.token }),
  },
]

/** The token in the requested mail. */
async function mailedToken(
  { app }: World,
  what: string,
  body: unknown,
  token?: string,
): Promise<string> {
  await app.post(`${users}/${what}`, body, { token })
  return tokenIn(app.mailbox.last())
}

const email = 'user@example.com'
const newEmail = 'new@example.com'

const mails: readonly Case[] = [
  ...['GET /api/mail/inbox', 'GET /api/mail/inbox/:number{[0-9]+}'].map((route) => ({
    name: `the local inbox, ${route}`,
    route,
    trips: '1 batch, 0 reads, 0 writes',
    send: () =>
      createTestApp({ LOCAL_INBOX: '1' }).get(route.replace('GET ', '').replace(/:.*/, '1')),
  })),
  {
    name: 'a mail to verify an address',
    route: 'POST /api/collections/:collection/request-verification',
    trips: '2 batches, 0 reads, 0 writes',
    send: ({ app }) => app.post(`${users}/request-verification`, { email }),
  },
  {
    name: 'a verified address',
    route: 'POST /api/collections/:collection/confirm-verification',
    trips: '2 batches, 0 reads, 0 writes',
    send: async (world) => {
      const token = await mailedToken(world, 'request-verification', { email })
      return await world.app.post(`${users}/confirm-verification`, { token })
    },
  },
  {
    name: 'a mail to reset the password',
    route: 'POST /api/collections/:collection/request-password-reset',
    trips: '2 batches, 0 reads, 0 writes',
    send: ({ app }) => app.post(`${users}/request-password-reset`, { email }),
  },
  {
    name: 'a password reset by mail',
    route: 'POST /api/collections/:collection/confirm-password-reset',
    trips: '2 batches, 0 reads, 0 writes',
    send: async (world) => {
      const token = await mailedToken(world, 'request-password-reset', { email })
      const body = { token, password: 'battery-staple', passwordConfirm: 'battery-staple' }
      return await world.app.post(`${users}/confirm-password-reset`, body)
    },
  },
  {
    name: 'a mail to change the address',
    route: 'POST /api/collections/:collection/request-email-change',
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, user }) =>
      app.post(`${users}/request-email-change`, { newEmail }, { token: user.token }),
  },
  {
    name: 'an address changed by mail',
    route: 'POST /api/collections/:collection/confirm-email-change',
    trips: '2 batches, 0 reads, 0 writes',
    send: async (world) => {
      const { token: own } = world.user
      const token = await mailedToken(world, 'request-email-change', { newEmail }, own)
      return await world.app.post(`${users}/confirm-email-change`, { token, password })
    },
  },
  {
    name: 'a one-time code that is not available',
    route: 'POST /api/collections/:collection/request-otp',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(`${users}/request-otp`, { email }),
  },
  {
    name: 'a one-time code that was not sent',
    route: 'POST /api/collections/:collection/auth-with-otp',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(`${users}/auth-with-otp`, { otpId: 'x', password: '123456' }),
  },
]

const providers: readonly Case[] = [
  {
    name: 'a first sign-in with a provider',
    route: 'POST /api/collections/:collection/auth-with-oauth2',
    trips: '3 batches, 0 reads, 1 write',
    send: async (world) => (await signInTwice(world)).first,
  },
  {
    name: 'a sign-in with a provider',
    route: 'POST /api/collections/:collection/auth-with-oauth2',
    trips: '3 batches, 0 reads, 1 write',
    send: async (world) => (await signInTwice(world)).next,
  },
  {
    name: 'a sign-in with an unknown provider',
    route: 'POST /api/collections/:collection/auth-with-oauth2',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post(`${users}/auth-with-oauth2`, { provider: 'x', code: 'x' }),
  },
  {
    name: 'a redirect from a provider',
    route: 'GET /api/oauth2-redirect',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get('/api/oauth2-redirect?state=x&code=x'),
  },
  {
    name: 'a posted redirect from a provider',
    route: 'POST /api/oauth2-redirect',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.post('/api/oauth2-redirect', { state: 'x', code: 'x' }),
  },
]

/** Signs in the same user of a provider twice. */
async function signInTwice({
  app,
  admin: superuser,
}: World): Promise<{ first: Answer; next: Answer }> {
  const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true }
  await acceptFakeProvider(app, superuser.token)
  await app.get(posts)
  const provider = createFakeProvider()
  const first = await signInWithCode(app, provider.codeFor(ada))
  const next = await signInWithCode(app, provider.codeFor(ada))
  vi.restoreAllMocks()
  return { first, next }
}

const administration: readonly Case[] = [
  {
    name: 'the health check',
    route: 'GET /api/health',
    trips: '0 batches, 0 reads, 0 writes',
    send: ({ app }) => app.get('/api/health'),
  },
  {
    name: 'what a dashboard knows before the sign-in',
    route: 'GET /api/arete',
    trips: '1 batch, 0 reads, 0 writes',
    send: ({ app }) => app.get('/api/arete'),
  },
  {
    name: 'the properties of a deployment, for a superuser',
    route: 'GET /api/arete',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/arete', admin),
  },
  {
    name: 'the description of the API',
    route: 'GET /api/openapi.json',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/openapi.json', admin),
  },
  {
    name: 'the types of the collections',
    route: 'GET /api/schema/types.ts',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin }) => app.get('/api/schema/types.ts', admin),
  },
  {
    name: 'an explained read',
    route: 'POST /api/rules/explain',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin: { token }, post }) =>
      app.post(
        '/api/rules/explain',
        { collection: 'posts', action: 'view', record: post, rule: "title = 'Old'", counts: true },
        { token },
      ),
  },
  {
    name: 'an explained write',
    route: 'POST /api/rules/explain',
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, admin: { token }, post }) =>
      app.post(
        '/api/rules/explain',
        { collection: 'posts', action: 'delete', record: post, rule: "title = 'Old'" },
        { token },
      ),
  },
  {
    name: 'the first superuser',
    route: 'POST /api/setup',
    trips: '2 batches, 0 reads, 1 write',
    send: async ({ app }) => {
      await bindings.DB.prepare('DELETE FROM "_superusers"').run()
      const link = await newSetupLink(new Date())
      await bindings.DB.prepare(link.statement).run()
      const body = { token: link.token, email, password, passwordConfirm: password }
      return await app.post('/api/setup', body)
    },
  },
  ...(
    [
      ['the settings', 'GET /api/settings'],
      ['changed settings', 'PATCH /api/settings'],
      ['a mail to try the settings', 'POST /api/settings/test/email'],
      ['a file to try the settings', 'POST /api/settings/test/s3'],
      ['a secret for Apple', 'POST /api/settings/apple/generate-client-secret'],
      ['a statement of a superuser', 'POST /api/sql'],
      ['the scheduled jobs', 'GET /api/crons'],
      ['a job that is run at once', 'POST /api/crons/:id'],
      ['the logs', 'GET /api/logs'],
      ['the hours of the logs', 'GET /api/logs/stats'],
      ['a summary of the logs', 'GET /api/logs/summary'],
      ['a log entry that is not there', 'GET /api/logs/:id'],
      ['the collections', 'GET /api/collections'],
      ['a collection', 'GET /api/collections/:collection'],
      ['a new collection', 'POST /api/collections'],
      ['a changed collection', 'PATCH /api/collections/:collection'],
      ['a deleted collection', 'DELETE /api/collections/:collection'],
      ['imported collections', 'PUT /api/collections/import'],
      ['templates of collections', 'GET /api/collections/meta/scaffolds'],
      ['the providers there are', 'GET /api/collections/meta/oauth2-providers'],
      ['a view that is tried out', 'POST /api/collections/meta/dry-run-view'],
    ] as const
  ).map(([name, route]): Case => ({
    ...{ name, route, trips: '1 batch, 1 read, 0 writes' },
    send: ({ app, admin: { token } }) => ask(app, route, token),
  })),
]

function ask(app: TestApp, route: string, token: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ')
  const bodies: Readonly<Record<string, unknown>> = {
    'PATCH /api/settings': { meta: { appName: 'New' } },
    'POST /api/settings/test/email': { email, template: 'verification' },
    'POST /api/settings/test/s3': { filesystem: 'storage' },
    'POST /api/sql': { query: 'DELETE FROM private' },
    'POST /api/collections': { name: 'new', type: 'base' },
    'PATCH /api/collections/:collection': { viewRule: null },
    'PUT /api/collections/import': { collections: [{ name: 'new', type: 'base' }] },
    'POST /api/collections/meta/dry-run-view': { query: 'SELECT id FROM posts' },
  }
  return app.request(method, path.replace(':collection', 'private'), {
    token,
    body: bodies[route],
  })
}

const newWebhook = { url: 'https://receiver.example.com/', collection: 'private' }

const webhooks: readonly Case[] = [
  {
    name: 'a new webhook',
    route: 'POST /api/webhooks',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin: { token } }) => app.post('/api/webhooks', newWebhook, { token }),
  },
  {
    name: 'a changed webhook',
    route: 'PATCH /api/webhooks/:id',
    trips: '2 batches, 1 read, 0 writes',
    async send({ app, admin: { token } }) {
      const { body } = await app.post('/api/webhooks', newWebhook, { token })
      const { id } = body as { id: string }
      await app.get(posts)
      return await app.patch(`/api/webhooks/${id}`, { name: 'new' }, { token })
    },
  },
  ...(
    [
      ['the webhooks', 'GET /api/webhooks'],
      ['a webhook', 'GET /api/webhooks/:id'],
      ['a webhook that is deleted', 'DELETE /api/webhooks/:id'],
      ['a new secret of a webhook', 'POST /api/webhooks/:id/rotate'],
      ['a test of a webhook', 'POST /api/webhooks/:id/test'],
      ['the deliveries of a webhook', 'GET /api/webhooks/:id/deliveries'],
      ['the functions of an application', 'GET /api/functions'],
      ['the calls of functions', 'GET /api/functions/deliveries'],
      ['a delivery', 'GET /api/webhooks/deliveries/:id'],
      ['a delivery that is sent again', 'POST /api/webhooks/deliveries/:id/replay'],
      ['deliveries that are sent again', 'POST /api/webhooks/:id/replay'],
    ] as const
  ).map(([name, route]): Case => ({
    ...{ name, route, trips: '1 batch, 1 read, 0 writes' },
    send: ({ app, admin: { token } }) => {
      const [method = '', path = ''] = route.split(' ')
      return app.request(method, path, { token })
    },
  })),
]

const schema: readonly Case[] = [
  {
    name: 'a plan of definitions',
    route: 'POST /api/schema/plan',
    trips: '1 batch, 1 read, 0 writes',
    send: ({ app, admin: { token } }) =>
      app.post('/api/schema/plan', { collections: [newDefinition] }, { token }),
  },
  {
    name: 'a plan that merges',
    route: 'POST /api/schema/plan',
    trips: '2 batches, 1 read, 0 writes',
    send: ({ app, admin: { token } }) =>
      app.post('/api/schema/plan', { collections: [newDefinition], drift: 'keep' }, { token }),
  },
  {
    name: 'a plan that is applied',
    route: 'POST /api/schema/apply',
    trips: '2 batches, 1 read, 0 writes',
    async send({ app, admin: { token } }) {
      const { body } = await app.post('/api/schema/plan', {}, { token })
      const { revision } = body as { revision: number }
      return await app.post(
        '/api/schema/apply',
        { collections: [newDefinition], revision },
        { token },
      )
    },
  },
  ...(
    [
      ['the history of definitions', 'GET /api/schema/history'],
      ['an entry of the history', 'GET /api/schema/history/:id'],
    ] as const
  ).map(([name, route]): Case => ({
    ...{ name, route, trips: '1 batch, 1 read, 0 writes' },
    send: ({ app, admin: { token } }) => app.get(route.slice('GET '.length), { token }),
  })),
]

const newDefinition = { name: 'new', type: 'base', fields: [{ type: 'text', name: 'title' }] }

const cases = [
  ...reads,
  ...writes,
  ...files,
  ...realtime,
  ...backups,
  ...accounts,
  ...factors,
  ...states,
  ...mails,
  ...providers,
  ...administration,
  ...webhooks,
  ...schema,
]

async function createWorld(): Promise<World> {
  const blog = await createBlog()
  const { app, admin: superuser } = blog
  const { token } = superuser
  await app.patch('/api/settings', { batch: { enabled: true } }, { token })
  await createCollections(app, token, {
    name: 'private',
    listRule: "@request.auth.verified = false && @request.auth.id != ''",
  })
  const user = await signUp(app, 'user@example.com')
  await bindings.DB.prepare(
    `INSERT INTO "tags" ("id", "title") WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 199)
     SELECT printf('tag%012d', n), n FROM series`,
  ).run()
  const tags = Array.from({ length: 99 }, (_, n) => `tag${String(n).padStart(12, '0')}`)
  const [post = ''] = await createRecords(
    ...([app, token, 'posts'] as const),
    ...[
      { title: 'Old', author: user.id, tags },
      { title: 'Other', tags },
    ],
  )
  const [comment = ''] = await createRecords(app, token, 'comments', { text: 'Yes', post })
  // Whatever changed the catalog last, an isolate that has answered once holds the current one.
  await app.get(posts)
  return { ...blog, user, post, comment }
}

/** `Server-Timing`, without its syntax: `1 batch, 1 read, 0 writes`. */
function tripsOf({ headers }: Answer): string {
  const descriptions = headers.get('Server-Timing')?.matchAll(/desc="([^"]*)"/g) ?? []
  return [...descriptions].map(([, text]) => text).join(', ')
}

/** Routes whose responses browsers may keep (decision 0025). */
const keptByBrowsers: ReadonlySet<string> = new Set([
  ...[routeOf.list, routeOf.view, routeOf.create, routeOf.update, routeOf.delete],
  'GET /api/files/:collection/:record/:name',
  'GET /api/backups/:key',
  'GET /api/openapi.json',
  'GET /api/schema/types.ts',
])

describe('round trips', () => {
  for (const { name, route, trips, send } of cases) {
    it(`of ${name}: ${trips}`, async ({ expect }) => {
      const world = await createWorld()
      const documented = documentedApp(world.app)

      const answer = await send({ ...world, app: documented.app })

      expect({ trips: tripsOf(answer), isDefect: answer.status >= 500 }).toEqual({
        trips,
        isDefect: false,
      })
      // Every route is here, so this is also where the document of the API is compared with it.
      expect(await documented.faults()).toEqual([])
      expect(keptByBrowsers.has(route) ? null : answer.headers.get('ETag')).toBeNull()
    })
  }

  it('are known of every endpoint', ({ expect }) => {
    const counted = new Set(cases.map(({ route }) => route))

    const routes = createTestApp().routes.filter((route) => route.includes(' /api/'))
    expect(routes.filter((route) => !counted.has(route))).toEqual([])
  })

  it.for([
    ['read', (app: TestApp) => app.get(posts), '2 batches, 0 reads, 0 writes'],
    ['write', (app: TestApp) => app.post(posts, { title: 'x' }), '2 batches, 0 reads, 0 writes'],
  ] as const)(
    'of the first request in an isolate, a %s: one more, for the catalog',
    async ([, send, trips], { expect }) => {
      await createWorld()

      expect(tripsOf(await send(createTestApp()))).toBe(trips)
    },
  )

  it.for([
    ['read', (app: TestApp) => app.get(posts), '2 batches, 0 reads, 0 writes'],
    // The guard of a write says only that the catalog is old, not what it is now.
    ['write', (app: TestApp) => app.post(posts, { title: 'x' }), '3 batches, 0 reads, 0 writes'],
  ] as const)(
    'of a %s just after a definition was changed elsewhere',
    async ([, send, trips], { expect }) => {
      const { app, admin: superuser } = await createWorld()
      const elsewhere = createTestApp()
      await elsewhere.get(posts)
      await changeCollection(app, superuser.token, 'tags', { viewRule: null })

      const first = await send(elsewhere)
      const second = await send(elsewhere)

      expect(tripsOf(first)).toBe(trips)
      expect(tripsOf(second)).toBe('1 batch, 0 reads, 0 writes')
    },
  )
})
