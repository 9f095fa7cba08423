import { describe, it, vi } from 'vitest'
import { password, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createBlog } from '../../support/blog.ts'
import { createRecords } from '../../support/collections.ts'
import { failingDatabase, type Failure } from '../../support/failing-database.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const id = 'abcdefghijklmno'

async function createWorld() {
  const { app, admin } = await createBlog()
  await app.patch('/api/settings', { batch: { enabled: true } }, { token: admin.token })
  const user = await signUp(app, 'user@example.com')
  const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
  await createRecords(app, admin.token, 'posts', { id, title: 'old', tags: [tag] })
  await createRecords(app, admin.token, 'comments', { text: 'yes', post: id })
  return { app, user }
}

type World = Awaited<ReturnType<typeof createWorld>>

const posts = '/api/collections/posts/records'

/** A write, and a word that only its statements contain. */
const writes: readonly {
  readonly name: string
  readonly statement: RegExp
  send(app: TestApp, world: World): Promise<Answer>
}[] = [
  {
    name: 'a create',
    statement: /^INSERT INTO "posts"/,
    send: (app) => app.post(posts, { title: 'new' }),
  },
  {
    name: 'an update',
    statement: /^UPDATE "posts"/,
    send: (app) => app.patch(`${posts}/${id}`, { title: 'new' }),
  },
  {
    name: 'a delete with a cascade',
    statement: /^DELETE FROM "posts"/,
    send: (app) => app.delete(`${posts}/${id}`),
  },
  {
    name: 'a batch',
    statement: /^DELETE FROM "comments"|^INSERT INTO "posts"/,
    send: (app) =>
      app.post('/api/batch', {
        requests: [
          { method: 'POST', url: posts, body: { title: 'new' } },
          { method: 'DELETE', url: `${posts}/${id}` },
        ],
      }),
  },
  {
    name: 'a new password',
    statement: /^UPDATE "users"/,
    send: (app, { user }) =>
      app.patch(
        `/api/collections/users/records/${user.id}`,
        { oldPassword: password, password: 'battery-staple', passwordConfirm: 'battery-staple' },
        { token: user.token },
      ),
  },
]

const tables = ['posts', 'comments', 'tags', 'users', '_cascade', '_session_overrides']

async function everything(): Promise<unknown> {
  const found = await bindings.DB.batch(
    tables.map((table) => bindings.DB.prepare(`SELECT * FROM "${table}" ORDER BY 1`)),
  )
  return found.map(({ results }) => results)
}

const unavailable = {
  data: {},
  message: 'The service is temporarily unavailable. Please try again later.',
  status: 503,
}

describe('a failing database', () => {
  it.for(
    writes.flatMap((write) => (['before', 'amid'] as Failure[]).map((when) => ({ write, when }))),
  )(
    'undoes $write.name whole, and says nothing of itself ($when)',
    async ({ write, when }, { expect }) => {
      const log = vi.spyOn(console, 'error').mockReturnValue()
      const world = await createWorld()
      const app = createTestApp({ DB: failingDatabase(when, write.statement) })
      const before = await everything()

      const answer = await write.send(app, world)

      expect(answer.body).toEqual(unavailable)
      expect(await everything()).toEqual(before)
      expect(log).toHaveBeenCalledOnce()
      log.mockRestore()
      expect((await write.send(world.app, world)).status).toBeLessThan(300)
    },
  )

  it.for(writes)(
    'fails $name if its outcome is lost, and keeps the record consistent',
    async ({ statement, send }, { expect }) => {
      const log = vi.spyOn(console, 'error').mockReturnValue()
      const world = await createWorld()
      const app = createTestApp({ DB: failingDatabase('after', statement) })

      const answer = await send(app, world)

      expect(answer.body).toEqual(unavailable)
      log.mockRestore()
      const dangling = await bindings.DB.prepare(
        'SELECT count(*) AS n FROM "comments" WHERE "post" NOT IN (SELECT "id" FROM "posts")',
      ).first()
      expect(dangling?.['n']).toBe(0)
    },
  )

  it('fails a read', async ({ expect }) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    await createWorld()
    const app = createTestApp({ DB: failingDatabase('before', /FROM "posts"/) })

    const list = await app.get(posts)
    const view = await app.get(`${posts}/${id}`)

    expect([list.body, view.body]).toEqual([unavailable, unavailable])
    log.mockRestore()
  })

  it('is queried again when it recovers', async ({ expect }) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    await createWorld()
    let isDown = true
    const broken = failingDatabase('before', /./)
    const DB = {
      prepare: (text: string) => (isDown ? broken : bindings.DB).prepare(text),
      batch: (statements: D1PreparedStatement[]) =>
        (isDown ? broken : bindings.DB).batch(statements),
    }
    const app = createTestApp({ DB: DB as never })

    const down = await app.get(posts)
    isDown = false
    const up = await app.get(posts)

    expect([down.status, up.status]).toEqual([503, 200])
    expect(Number(down.headers.get('Retry-After'))).toBeGreaterThan(0)
    log.mockRestore()
  })
})
