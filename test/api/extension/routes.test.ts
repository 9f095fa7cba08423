import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, it, vi } from 'vitest'
import { type AreteEnv, requireAuth, requireSuperuser } from '#extension/index.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createExtendedApp } from '../../support/extended-app.ts'
import { createTestApp } from '../../support/test-app.ts'

const routes = new Hono<AreteEnv>()
  .get('/api/hello/:name', (c) => c.json({ hello: c.req.param('name'), secret: 1 }))
  .get('/hello', (c) => c.text('hello'))
  .get('/api/claim', (c) => c.json({ account: c.var.arete.caller.account ?? null }))
  .get('/api/me', requireAuth(), (c) => c.json(c.var.arete.caller.account))
  .get('/api/customer', requireAuth('users'), (c) => c.json(c.var.arete.caller.account))
  .get('/api/admin', requireSuperuser(), (c) => c.json(c.var.arete.caller.account))
  .get('/api/later', requireAuth('users', { later: true }), (c) => c.json({ secret: 1 }))
  .get('/api/conflict', () => {
    throw new HTTPException(409, { message: 'taken already' })
  })
  .get('/api/broken', () => {
    throw new Error('secret of the application')
  })

const quiet = (): void => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
}

describe('a route of an application', () => {
  it('has the headers, the projection and the log of every request', async ({ expect }) => {
    const app = createExtendedApp({ routes })
    const admin = await signInSuperuser(app)

    const answer = await app.get('/api/hello/ann?fields=hello', {
      headers: { Origin: 'https://example.com' },
    })
    await app.writeLogs()
    const logs = await app.get('/api/logs?sort=-created', { token: admin.token })

    expect(answer.body).toEqual({ hello: 'ann' })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(answer.headers.get('X-Request-Id')).not.toBeNull()
    const { items } = logs.body as { items: { data: { route?: string } }[] }
    expect(items.map(({ data }) => data.route)).toContain('/api/hello/:name')
  })

  it('leaves Arete’s routes, its pages and its missing paths as they are', async ({ expect }) => {
    const app = createExtendedApp({ routes })
    const plain = createTestApp()

    for (const path of ['/api/health', '/api/missing', '/missing', '/favicon.ico']) {
      const [own, expected] = [await app.get(path), await plain.get(path)]
      expect([path, own.status, own.body]).toEqual([path, expected.status, expected.body])
    }
    expect((await app.get('/hello')).body).toBe('hello')
  })

  it('counts against the limits of its path, once for each request', async ({ expect }) => {
    const app = createExtendedApp({ routes })
    const { token } = await signInSuperuser(app)
    const rules = [
      { label: '/api/hello/', audience: '', duration: 100, maxRequests: 2 },
      { label: '/hello', audience: '', duration: 100, maxRequests: 2 },
      { label: '/api/absent', audience: '', duration: 100, maxRequests: 2 },
    ]
    await app.patch('/api/settings', { rateLimits: { enabled: true, rules } }, { token })

    for (const [path, status] of [
      ['/api/hello/ann', 200],
      ['/hello', 200],
      ['/api/absent', 404],
    ] as const) {
      const answers = [await app.get(path), await app.get(path), await app.get(path)]
      expect(answers.map((answer) => answer.status)).toEqual([status, status, 429])
    }
  })

  it('has the error envelope', async ({ expect }) => {
    quiet()
    const app = createExtendedApp({ routes })

    const conflict = await app.get('/api/conflict')
    const broken = await app.get('/api/broken')

    expect(conflict).toMatchObject({
      status: 409,
      body: { data: {}, message: 'Taken already.', status: 409 },
    })
    expect(broken.status).toBe(500)
    expect(JSON.stringify(broken.body)).not.toContain('secret')
  })

  it('is refused when the app is made if Arete never lets it answer', ({ expect }) => {
    const taken = new Hono<AreteEnv>().get('/api/collections/:name', (c) => c.text('taken'))

    expect(() => createExtendedApp({ routes: taken })).toThrow(
      'GET /api/collections/:name is never reached',
    )
  })
})

describe('a route for accounts', () => {
  it('knows the account only once it is confirmed', async ({ expect }) => {
    const app = createExtendedApp({ routes })
    const user = await signUp(app, 'ann@example.com')

    const claimed = await app.get('/api/claim', { token: user.token })
    const confirmed = await app.get('/api/me', { token: user.token })

    expect(claimed.body).toEqual({ account: null })
    expect(confirmed.body).toEqual({ id: user.id, collection: 'users', isSuperuser: false })
  })

  it('refuses guests, accounts of other collections and ended sessions', async ({ expect }) => {
    const app = createExtendedApp({ routes })
    const admin = await signInSuperuser(app)
    const user = await signUp(app, 'ann@example.com')
    const statuses = async (token?: string): Promise<number[]> => {
      const paths = ['/api/me', '/api/customer', '/api/admin']
      const answers = await Promise.all(
        paths.map((path) => app.get(path, token === undefined ? {} : { token })),
      )
      return answers.map(({ status }) => status)
    }

    expect(await statuses()).toEqual([401, 401, 401])
    expect(await statuses('no.token.atall')).toEqual([401, 401, 401])
    expect(await statuses(user.token)).toEqual([200, 200, 403])
    expect(await statuses(admin.token)).toEqual([200, 403, 200])

    await bindings.DB.prepare(`UPDATE "users" SET "tokenKey" = ?`).bind('x'.repeat(50)).run()
    expect(await statuses(user.token)).toEqual([401, 401, 401])
  })

  it('refuses the answer if a later confirmation was never made', async ({ expect }) => {
    quiet()
    const app = createExtendedApp({ routes })
    const user = await signUp(app, 'ann@example.com')

    const guest = await app.get('/api/later')
    const unconfirmed = await app.get('/api/later', { token: user.token })

    expect(guest.status).toBe(401)
    expect(unconfirmed.status).toBe(500)
    expect(JSON.stringify(unconfirmed.body)).not.toContain('secret')
  })
})
