import { describe, it, vi } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { failingDatabase } from '../../support/failing-database.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const lost = new Error('Network connection lost.')

const fail = async (): Promise<never> => {
  throw lost
}

/** A service whose calls all fail as if it could not be reached. */
function unreachable(): never {
  return new Proxy({}, { get: () => fail }) as never
}

/** A bucket that can be read, but some calls fail. */
function bucketWithout(...methods: readonly string[]): R2Bucket {
  return new Proxy(bindings.FILES, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (methods.includes(String(name))) return fail
      return typeof method === 'function' ? method.bind(target) : method
    },
  })
}

/** A database that runs batches, but does not return rows as lists. */
function databaseWithoutRows(): D1Database {
  return new Proxy(bindings.DB, {
    get: (target, name) =>
      name === 'prepare'
        ? (text: string) => Object.assign(target.prepare(text), { raw: fail })
        : target.batch.bind(target),
  })
}

const posts = '/api/collections/posts/records'

async function createPosts(app: TestApp): Promise<string> {
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, {
    name: 'posts',
    fields: [
      { type: 'file', name: 'photo', maxSize: 50_000_000, mimeTypes: [], thumbs: ['10x10'] },
    ],
    listRule: '',
    viewRule: '',
    createRule: '',
  })
  return token
}

function formWith(content: string | Uint8Array<ArrayBuffer>, type = 'image/png'): FormData {
  const form = new FormData()
  form.append('photo', new File([content], 'photo.png', { type }))
  return form
}

const unavailable = {
  data: {},
  message: 'The service is temporarily unavailable. Please try again later.',
  status: 503,
}

interface World {
  readonly token: string
  readonly user: string
  readonly file: string
}

/** An outage, and a request that is affected. */
const outages: readonly {
  readonly name: string
  readonly app: () => TestApp
  send(app: TestApp, world: World): Promise<Answer>
}[] = [
  {
    name: 'D1, a list',
    app: () => createTestApp({ DB: failingDatabase('before', /./) }),
    send: (app) => app.get(posts),
  },
  {
    name: 'D1, a write',
    app: () => createTestApp({ DB: failingDatabase('before', /^INSERT INTO "posts"/) }),
    send: (app) => app.post(posts, {}),
  },
  {
    name: 'D1, a sign-in',
    app: () => createTestApp({ DB: failingDatabase('before', /_attempts/) }),
    send: (app) => app.post('/api/collections/users/auth-with-password', {}),
  },
  {
    name: 'D1, SQL of a superuser',
    app: () => createTestApp({ DB: databaseWithoutRows() }),
    send: (app, { token }) => app.post('/api/sql', { query: 'SELECT * FROM posts' }, { token }),
  },
  {
    name: 'D1, a new collection',
    app: () => createTestApp({ DB: failingDatabase('before', /^CREATE TABLE/) }),
    send: (app, { token }) =>
      app.post('/api/collections', { name: 'more', type: 'base' }, { token }),
  },
  {
    name: 'KV',
    app: () => createTestApp({ SESSIONS: unreachable() }),
    send: (app, { user }) => app.get('/api/collections/users/records', { token: user }),
  },
  {
    name: 'R2, a file',
    app: () => createTestApp({ FILES: unreachable() }),
    send: (app, { file }) => app.get(file),
  },
  {
    name: 'R2, an upload',
    app: () => createTestApp({ FILES: bucketWithout('put') }),
    send: (app) => app.request('POST', posts, { body: formWith('x') }),
  },
  {
    name: 'R2, an upload too large for memory',
    app: () => createTestApp({ FILES: bucketWithout('createMultipartUpload') }),
    send: (app) => app.request('POST', posts, { body: formWith(new Uint8Array(9_000_000)) }),
  },
  {
    name: 'R2, the list of backups',
    app: () => createTestApp({ FILES: unreachable() }),
    send: (app, { token }) => app.get('/api/backups', { token }),
  },
  {
    name: 'Images, a thumbnail',
    app: () => createTestApp({}, { images: unreachable() }),
    send: (app, { file }) => app.get(`${file}?thumb=10x10`),
  },
  {
    name: 'Durable Objects, a stream',
    app: () =>
      createTestApp(
        {},
        { realtime: { count: 1, shard: () => unreachable(), enrichWith: () => undefined } },
      ),
    send: (app) => app.get('/api/realtime'),
  },
  {
    name: 'Durable Objects, a backup',
    app: () => createTestApp({}, { backups: unreachable() }),
    send: (app, { token }) => app.post('/api/backups', {}, { token }),
  },
]

describe('an outage', () => {
  it.for(outages)('returns 503 with Retry-After: $name', async ({ app, send }, { expect }) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const whole = createTestApp()
    const token = await createPosts(whole)
    const { token: user } = await signUp(whole, 'user@example.com')
    const { body } = await whole.request('POST', posts, { body: formWith(pixel) })
    const { id, photo } = body as { id: string; photo: string }

    const answer = await send(app(), { token, user, file: `/api/files/posts/${id}/${photo}` })

    expect(answer.body).toEqual(unavailable)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(log).toHaveBeenCalled()
    log.mockRestore()
  })

  it('differs from a defect', async ({ expect }) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    await createPosts(createTestApp())
    const DB = new Proxy(bindings.DB, {
      get: (target, name) =>
        name === 'batch'
          ? async () => {
              throw new Error('D1_ERROR: no such column: x: SQLITE_ERROR')
            }
          : target.prepare.bind(target),
    })

    const answer = await createTestApp({ DB }).get(posts)

    expect(answer.status).toBe(500)
    expect(answer.headers.get('Retry-After')).toBeNull()
    log.mockRestore()
  })
})

const pixel = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (c) => c.charCodeAt(0),
)

/** Statements that remove what the database always has, and restore it. */
const losses: readonly { readonly name: string; readonly lose: string; readonly mend: string }[] = [
  {
    name: 'no revision',
    lose: 'DELETE FROM "_catalog_revision"',
    mend: 'INSERT INTO "_catalog_revision" ("revision") VALUES (9)',
  },
  {
    name: 'a revision that is no number',
    lose: `UPDATE "_catalog_revision" SET "revision" = 'x'`,
    mend: 'UPDATE "_catalog_revision" SET "revision" = 9',
  },
  {
    name: 'a revision that starts again',
    lose: 'DELETE FROM "_catalog_revision"',
    mend: 'INSERT INTO "_catalog_revision" ("revision") VALUES (1)',
  },
]

describe('a damaged database', () => {
  it.for(
    losses.flatMap((loss) => [
      { ...loss, isolate: 'fresh' },
      { ...loss, isolate: 'old' },
    ]),
  )(
    'is unavailable, and read again by the next request: $name, a $isolate isolate',
    async ({ lose, mend, isolate }, { expect }) => {
      const log = vi.spyOn(console, 'error').mockReturnValue()
      const old = createTestApp()
      await createPosts(old)
      const app = isolate === 'old' ? old : createTestApp()
      await bindings.DB.prepare(lose).run()

      const during = [await app.get(posts), await app.post(posts, {}), await app.get(posts)]
      await bindings.DB.prepare(mend).run()
      const after = [await app.get(posts), await app.post(posts, {}), await app.get(posts)]

      expect(during.map(({ status }) => status)).toEqual([503, 503, 503])
      expect(during[0]?.headers.get('Retry-After')).not.toBeNull()
      expect(after.map(({ status }) => status)).toEqual([200, 200, 200])
      log.mockRestore()
    },
  )
})
