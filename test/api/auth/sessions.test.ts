import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const email = 'ada@example.com'
const firefox = 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0'

interface Item {
  readonly id: string
  readonly created: string
  readonly lastSeen: string
  readonly device: string
  readonly place: string
  readonly current: boolean
}

/** Two apps stand for two isolates with separate caches. */
let app: TestApp
let elsewhere: TestApp
let superuser: SignedIn
let ada: SignedIn
let phone: SignedIn

beforeEach(async () => {
  app = createTestApp()
  elsewhere = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email)
  phone = await signIn(elsewhere, 'users', email)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function later(milliseconds: number): void {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] })
}

function sessionIdOf({ token }: SignedIn): string {
  return decodeJwt<{ sid: string }>(token).sid
}

async function listed(token: string, query = ''): Promise<Item[]> {
  const { body } = await app.get(`${users}/sessions${query}`, { token })
  return (body as { items: Item[] }).items
}

async function isSignedIn({ id, token }: SignedIn): Promise<boolean> {
  const answers = await Promise.all(
    [app, elsewhere].map((isolate) => isolate.get(`${users}/records/${id}`, { token })),
  )
  return answers.every(({ status }) => status === 200)
}

/** Does something and then restores KV, as if the change had not arrived there. */
async function whileKvLags(act: () => Promise<unknown>): Promise<void> {
  const { keys } = await bindings.SESSIONS.list()
  const entries = await Promise.all(
    keys.map(async ({ name }) => ({ name, ...(await bindings.SESSIONS.getWithMetadata(name)) })),
  )
  await act()
  await Promise.all(
    entries.map(({ name, value, metadata }) =>
      bindings.SESSIONS.put(name, value ?? '', { metadata }),
    ),
  )
}

describe('GET /api/collections/{c}/sessions', () => {
  it('lists the caller’s sessions, last seen first, and marks the current one', async ({
    expect,
  }) => {
    later(60_000)
    const headers = { 'User-Agent': firefox, 'CF-IPCountry': 'FR' }
    const { body } = await app.post(
      `${users}/auth-with-password`,
      { identity: email, password },
      { headers },
    )

    const { token } = body as { token: string }
    const items = await listed(token)
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(items).toHaveLength(3)
    expect(items[0]).toEqual({
      id: decodeJwt(token)['sid'],
      created: date,
      lastSeen: date,
      device: 'Firefox on Windows',
      place: expect.any(String),
      methods: ['password'],
      kind: 'session',
      current: true,
    })
    expect(items.slice(1).map(({ current }) => current)).toEqual([false, false])
  })

  it('lists any account’s sessions for superusers', async ({ expect }) => {
    const items = await listed(superuser.token, `?record=${ada.id}`)

    expect(items.map(({ id }) => id).toSorted()).toEqual([ada, phone].map(sessionIdOf).toSorted())
    expect(items.every(({ current }) => !current)).toBe(true)
  })

  it('reveals neither addresses nor keys', async ({ expect }) => {
    const [item] = await listed(ada.token)

    expect(Object.keys(item ?? {})).toEqual([
      'id',
      'created',
      'lastSeen',
      'device',
      'place',
      'methods',
      'kind',
      'current',
    ])
  })

  it('leaves out an ended session that KV still has', async ({ expect }) => {
    await whileKvLags(() => app.post(`${users}/logout`, undefined, phone))

    expect((await listed(ada.token)).map(({ id }) => id)).toEqual([sessionIdOf(ada)])
  })

  it('lists no session of another account', async ({ expect }) => {
    const eve = await signUp(app, 'eve@example.com')

    expect((await listed(eve.token)).map(({ id }) => id)).toEqual([sessionIdOf(eve)])
  })
})

describe('POST /api/collections/{c}/logout', () => {
  it('ends this session, and no other', async ({ expect }) => {
    const { status } = await app.post(`${users}/logout`, undefined, ada)

    expect(status).toBe(204)
    expect(await isSignedIn(ada)).toBe(false)
    expect(await isSignedIn(phone)).toBe(true)
  })

  it('ends it at the next request everywhere, though KV still has it', async ({ expect }) => {
    await whileKvLags(() => app.post(`${users}/logout`, undefined, ada))

    expect(
      await bindings.SESSIONS.get(`session:_pb_users_auth_:${ada.id}:${sessionIdOf(ada)}`),
    ).not.toBeNull()
    expect(await isSignedIn(ada)).toBe(false)
    expect((await elsewhere.post(`${users}/auth-refresh`, undefined, ada)).status).toBe(401)
    expect((await elsewhere.post(`${users}/logout`, undefined, ada)).status).toBe(401)
  })

  it('removes the session from KV', async ({ expect }) => {
    await app.post(`${users}/logout`, undefined, ada)

    const { keys } = await bindings.SESSIONS.list({ prefix: 'session:_pb_users_auth_:' })
    expect(keys.map(({ name }) => name.split(':').at(-1))).toEqual([sessionIdOf(phone)])
  })

  it('does not bring the session back by marking it as seen', async ({ expect }) => {
    later(2 * 60 * 60_000)
    await app.post(`${users}/logout`, undefined, ada)

    expect(
      await bindings.SESSIONS.get(`session:_pb_users_auth_:${ada.id}:${sessionIdOf(ada)}`),
    ).toBeNull()
  })
})

describe('DELETE /api/collections/{c}/sessions/{id}', () => {
  it('ends one session', async ({ expect }) => {
    const { status } = await app.delete(`${users}/sessions/${sessionIdOf(phone)}`, ada)

    expect(status).toBe(204)
    expect(await isSignedIn(phone)).toBe(false)
    expect(await isSignedIn(ada)).toBe(true)
  })

  it('ends it even if KV still has it', async ({ expect }) => {
    await whileKvLags(() => app.delete(`${users}/sessions/${sessionIdOf(phone)}`, ada))

    expect(await isSignedIn(phone)).toBe(false)
  })

  it('lets superusers end any account’s session', async ({ expect }) => {
    const url = `${users}/sessions/${sessionIdOf(phone)}?record=${ada.id}`
    const { status } = await app.delete(url, superuser)

    expect(status).toBe(204)
    expect(await isSignedIn(phone)).toBe(false)
  })

  it('finds no session that is unknown, another account’s, or has ended', async ({ expect }) => {
    const eve = await signUp(app, 'eve@example.com')
    await whileKvLags(() => app.post(`${users}/logout`, undefined, phone))

    for (const id of ['nothing', 'x'.repeat(600), sessionIdOf(eve), sessionIdOf(phone)]) {
      const { status, body } = await app.delete(`${users}/sessions/${id}`, ada)

      expect(status).toBe(404)
      expect(body).toMatchObject({ message: "The requested resource wasn't found." })
    }
    expect(await isSignedIn(eve)).toBe(true)
  })
})

describe('DELETE /api/collections/{c}/sessions', () => {
  it('ends all sessions but this one', async ({ expect }) => {
    const { status } = await app.delete(`${users}/sessions`, ada)

    expect(status).toBe(204)
    expect(await isSignedIn(phone)).toBe(false)
    expect(await isSignedIn(ada)).toBe(true)
    expect((await listed(ada.token)).map(({ id }) => id)).toEqual([sessionIdOf(ada)])
  })

  it('ends them even if KV still has them, or does not list them yet', async ({ expect }) => {
    await whileKvLags(() => app.delete(`${users}/sessions`, ada))

    expect(await isSignedIn(phone)).toBe(false)
    expect(await isSignedIn(ada)).toBe(true)
    expect((await listed(ada.token)).map(({ id }) => id)).toEqual([sessionIdOf(ada)])
  })

  it('keeps this session refreshable, and lets it end', async ({ expect }) => {
    await app.delete(`${users}/sessions`, ada)
    later(10 * 60_000)

    const { body } = await app.post(`${users}/auth-refresh`, undefined, ada)
    const renewed = { ...ada, token: (body as { token: string }).token }
    expect(await isSignedIn(renewed)).toBe(true)
    await app.post(`${users}/logout`, undefined, renewed)
    expect(await isSignedIn(renewed)).toBe(false)
  })

  it('lets superusers end all sessions of any account', async ({ expect }) => {
    const { status } = await app.delete(`${users}/sessions?record=${ada.id}`, superuser)

    expect(status).toBe(204)
    expect(await isSignedIn(ada)).toBe(false)
    expect(await isSignedIn(phone)).toBe(false)
    const { body } = await app.post(
      '/api/collections/_superusers/auth-refresh',
      undefined,
      superuser,
    )
    expect(body).toHaveProperty('token')
  })

  it('finds no sessions of a missing account', async ({ expect }) => {
    expect((await app.delete(`${users}/sessions?record=missing`, superuser)).status).toBe(404)
  })

  it('rejects two records', async ({ expect }) => {
    const url = `${users}/sessions?record=${ada.id}&record=${superuser.id}`

    const { status, body } = await app.delete(url, superuser)

    expect(status).toBe(400)
    expect(body).toEqual({
      status: 400,
      message: 'Something went wrong while processing your request.',
      data: {},
    })
  })
})

describe('every route of sessions', () => {
  const routes = [
    { method: 'GET', path: 'sessions' },
    { method: 'DELETE', path: 'sessions' },
    { method: 'DELETE', path: 'sessions/x' },
    { method: 'POST', path: 'logout' },
  ]
  for (const { method, path } of routes) {
    const route = `${method} …/${path}`

    it(`refuses guests: ${route}`, async ({ expect }) => {
      for (const token of [undefined, 'no.token.atall']) {
        expect(await app.request(method, `${users}/${path}`, { token })).toMatchObject({
          status: 401,
          body: { message: 'The request requires valid record authorization token.' },
        })
      }
    })

    it(`refuses accounts of another collection: ${route}`, async ({ expect }) => {
      const url = `/api/collections/_superusers/${path}`

      expect(await app.request(method, url, { token: ada.token })).toMatchObject({
        status: 403,
        body: { message: 'The request requires auth record from users collection.' },
      })
    })

    it(`refuses a collection that is not there: ${route}`, async ({ expect }) => {
      const url = `/api/collections/nothing/${path}`

      expect(await app.request(method, url, { token: ada.token })).toMatchObject({
        status: 404,
        body: { message: 'Missing or invalid collection context.' },
      })
    })
  }

  for (const { method, path } of routes.slice(0, 3)) {
    it(`lets only superusers name an account: ${method} …/${path}`, async ({ expect }) => {
      const eve = await signUp(app, 'eve@example.com')
      const url = `${users}/${path}?record=${ada.id}`

      expect((await app.request(method, url, { token: eve.token })).status).toBe(403)
      expect(await isSignedIn(ada)).toBe(true)
    })
  }
})

describe('sessions end with', () => {
  const changed = 'another-password'

  it('a new password, except the one that set it', async ({ expect }) => {
    const body = { oldPassword: password, password: changed, passwordConfirm: changed }
    await app.patch(`${users}/records/${ada.id}`, body, { token: ada.token })

    expect(await isSignedIn(phone)).toBe(false)
    expect(await isSignedIn(ada)).toBe(true)
    expect((await listed(ada.token)).map(({ id }) => id)).toEqual([sessionIdOf(ada)])
  })

  it('a new password that a superuser set', async ({ expect }) => {
    const body = { password: changed, passwordConfirm: changed }
    await app.patch(`${users}/records/${ada.id}`, body, { token: superuser.token })

    expect(await isSignedIn(ada)).toBe(false)
    expect(await isSignedIn(phone)).toBe(false)
  })

  it('a new token key', async ({ expect }) => {
    const body = { 'tokenKey:autogenerate': '' }
    await app.patch(`${users}/records/${ada.id}`, body, { token: superuser.token })

    expect(await isSignedIn(ada)).toBe(false)
  })

  it('a new secret of the collection, also in isolates with the old one', async ({ expect }) => {
    const body = { authToken: { secret: 'n'.repeat(50) } }
    await app.patch(users, body, { token: superuser.token })

    expect(await isSignedIn(ada)).toBe(false)
    const again = await signIn(app, 'users', email)
    expect(await isSignedIn(again)).toBe(true)
  })

  it('the deletion of the account', async ({ expect }) => {
    await whileKvLags(() => app.delete(`${users}/records/${ada.id}`, ada))

    const { status } = await elsewhere.post(`${users}/auth-refresh`, undefined, ada)
    expect(status).toBe(401)
  })

  it('a missing entry in KV', async ({ expect }) => {
    await bindings.SESSIONS.delete(`session:_pb_users_auth_:${ada.id}:${sessionIdOf(ada)}`)

    expect(await isSignedIn(ada)).toBe(false)
  })

  it('not a failing KV, which returns 503', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = createTestApp({
      SESSIONS: {
        get: () => Promise.reject(new Error('KV is out of order')),
      } as unknown as KVNamespace,
    })

    const view = await broken.get(`${users}/records/${ada.id}`, ada)
    const refresh = await broken.post(`${users}/auth-refresh`, undefined, ada)

    // Batches in parallel with the failing read end before this.
    await bindings.DB.prepare('SELECT 1').run()
    expect([view.status, refresh.status]).toEqual([503, 503])
  })
})

describe('a session', () => {
  const hour = 60 * 60_000

  async function lastSeen(): Promise<string | undefined> {
    const items = await listed(phone.token)
    return items.find(({ id }) => id === sessionIdOf(ada))?.lastSeen
  }

  it('updates its last-seen time with any request, at most once an hour', async ({ expect }) => {
    const first = await lastSeen()
    later(hour / 2)
    await app.get(`${users}/records/${ada.id}`, ada)
    const afterHalfAnHour = await lastSeen()
    later(hour)
    await app.get(`${users}/records/${ada.id}`, ada)
    const afterMore = await lastSeen()

    expect(afterHalfAnHour).toBe(first)
    expect(Date.parse(afterMore ?? '') - Date.parse(first ?? '')).toBeGreaterThanOrEqual(hour)
  })

  it('expires by itself, with its token', async ({ expect }) => {
    const { keys } = await bindings.SESSIONS.list({ prefix: 'session:_pb_users_auth_:' })

    for (const { expiration } of keys) {
      expect((expiration ?? 0) - Date.now() / 1000).toBeGreaterThan(432_000)
      expect((expiration ?? 0) - Date.now() / 1000).toBeLessThan(432_100)
    }
  })
})

describe('a superuser from an unlisted address', () => {
  it('is rejected everywhere until the list changes', async ({ expect }) => {
    const home = { 'CF-Connecting-IP': '192.0.2.7' }
    const { token } = superuser
    await app.patch('/api/settings', { superuserIPs: ['192.0.2.0/24'] }, { token, headers: home })

    const refused = await elsewhere.get('/api/collections', { token })
    const others = await elsewhere.get(`${users}/records/${ada.id}`, ada)
    await app.patch('/api/settings', { superuserIPs: [] }, { token, headers: home })
    const again = await elsewhere.get('/api/collections', { token })

    expect(refused).toMatchObject({
      status: 403,
      body: { message: 'You are not allowed to perform this request.' },
    })
    expect(others.status).toBe(200)
    expect(again.status).toBe(200)
  })
})
