import { describe, it, vi } from 'vitest'
import { guestSearches, guestSignUps } from '#limits/guest-limits.ts'
import { password, signInSuperuser, signUp } from '../../support/accounts.ts'
import { createCollections } from '../../support/collections.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

async function limitTo(
  app: TestApp,
  rules: readonly object[],
  others: object = {},
): Promise<string> {
  const { token } = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: true, rules, ...others } }, { token })
  return token
}

async function guess(app: TestApp, ip: string): Promise<number> {
  const { status } = await app.post(
    '/api/collections/users/auth-with-password',
    { identity: 'nobody@example.com', password },
    { headers: { 'CF-Connecting-IP': ip } },
  )
  return status
}

async function list(app: TestApp, ip: string, token?: string): Promise<number> {
  const headers = { 'CF-Connecting-IP': ip }
  const { status } = await app.get('/api/collections/users/records', { headers, token })
  return status
}

const twoSignIns = { label: '*:auth', audience: '', duration: 60, maxRequests: 2 }
const twoLists = { label: 'users:list', audience: '', duration: 60, maxRequests: 2 }

describe('limited sign-in', () => {
  // Guards against guesses spread over many locations.
  it('counts attempts of one client across isolates', async ({ expect }) => {
    const apps = [createTestApp(), createTestApp(), createTestApp()]
    await limitTo(createTestApp(), [twoSignIns])

    const answers: number[] = []
    for (const app of apps) answers.push(await guess(app, '192.0.2.7'))
    const other = await guess(createTestApp(), '192.0.2.8')

    expect(answers).toEqual([400, 400, 429])
    expect(other).toBe(400)
  })

  it('counts a whole IPv6 network as one client', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [twoSignIns])

    const answers: number[] = []
    for (const host of [1, 2, 3]) answers.push(await guess(app, `2001:db8::${host}`))

    expect(answers).toEqual([400, 400, 429])
  })

  it('starts again when any settings are saved', async ({ expect }) => {
    const app = createTestApp()
    const token = await limitTo(app, [twoSignIns, twoLists])
    const askThrice = async () => [
      ...(await Promise.all([1, 2, 3].map(() => guess(app, '192.0.2.7')))),
      ...(await Promise.all([1, 2, 3].map(() => list(app, '192.0.2.7')))),
    ]
    const before = await askThrice()

    await app.patch('/api/settings', { meta: { appName: 'Another' } }, { token })

    expect(before.filter((status) => status === 429)).toHaveLength(2)
    expect(await guess(app, '192.0.2.7')).toBe(400)
    expect(await list(app, '192.0.2.7')).not.toBe(429)
  })

  it('has a Retry-After header, and accepts requests after it', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [twoSignIns])
    const start = Math.floor(Date.now() / 1000) * 1000
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    for (const _ of [1, 2]) await guess(app, '192.0.2.7')

    vi.setSystemTime(start + 30_000)
    const refused = await app.post(
      '/api/collections/users/auth-with-password',
      { identity: 'nobody@example.com', password },
      { headers: { 'CF-Connecting-IP': '192.0.2.7' } },
    )
    vi.setSystemTime(start + 60_000)
    const later = await guess(app, '192.0.2.7')
    vi.useRealTimers()

    expect(refused.body).toEqual({ data: {}, message: 'Too Many Requests.', status: 429 })
    expect(refused.headers.get('Retry-After')).toBe('30')
    expect(later).toBe(400)
  })
})

/**
 * Requests that cannot succeed, for each authentication method and everything else that checks a
 * secret.
 */
const refusals: readonly (readonly [route: string, tag: string, body: unknown])[] = [
  ['auth-with-password', 'auth', {}],
  ['auth-with-password', 'authWithPassword', { identity: 'x'.repeat(300), password: 'x' }],
  ['auth-with-password', 'auth', '{'],
  ['auth-with-password', 'auth', { identity: 5 }],
  ['auth-with-otp', 'auth', {}],
  ['auth-with-otp', 'authWithOTP', '[]'],
  ['auth-with-oauth2', 'auth', {}],
  ['auth-with-oauth2', 'authWithOAuth2', { provider: 'unknown', code: 'x' }],
  ['request-otp', 'requestOTP', {}],
  ['request-verification', 'requestVerification', {}],
  ['request-verification', 'requestVerification', { email: 'none' }],
  ['confirm-verification', 'confirmVerification', '{'],
  ['request-password-reset', 'requestPasswordReset', {}],
  ['confirm-password-reset', 'confirmPasswordReset', '"x"'],
  ['request-email-change', 'requestEmailChange', {}],
  ['confirm-email-change', 'confirmEmailChange', '{'],
]

describe('an attempt with a rejected request', () => {
  // Two isolates share only the counters in the database.
  it.for(refusals)(
    'is counted, over all isolates: %s by *:%s, %j',
    async ([route, tag, body], { expect }) => {
      await limitTo(createTestApp(), [
        { label: `*:${tag}`, audience: '', duration: 60, maxRequests: 2 },
      ])

      const answers: number[] = []
      for (const app of [createTestApp(), createTestApp(), createTestApp()]) {
        answers.push((await app.post(`/api/collections/users/${route}`, body)).status)
      }

      expect(answers.map((status) => status === 429)).toEqual([false, false, true])
    },
  )

  it('is counted if passwords are turned off, and if no account can sign in', async ({
    expect,
  }) => {
    const app = createTestApp()
    const token = await limitTo(app, [twoSignIns])
    await createCollections(app, token, { name: 'notes', fields: [] })
    await app.patch('/api/collections/users', { passwordAuth: { enabled: false } }, { token })

    const answers: number[] = []
    for (const name of ['users', 'users', 'users', 'notes', 'notes', 'notes']) {
      const path = `/api/collections/${name}/auth-with-password`
      answers.push((await app.post(path, { identity: 'x', password: 'x' })).status)
    }

    expect(answers).toEqual([403, 403, 429, 404, 404, 429])
  })
})

describe('a client with too many sign-ins', () => {
  it.for(['in this isolate', 'in another'])(
    'is refused before its body is read: %s',
    async (where, { expect }) => {
      const app = createTestApp()
      await limitTo(app, [twoSignIns])
      const other = where === 'in another' ? createTestApp() : app
      for (const _ of [1, 2]) await guess(other, '192.0.2.7')
      if (where === 'in another') await guess(app, '192.0.2.7')
      let isRead = false
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            isRead = true
            controller.close()
          },
        },
        { highWaterMark: 0 },
      )

      const { status, headers } = await app.post(
        '/api/collections/users/auth-with-password',
        body,
        {
          headers: { 'CF-Connecting-IP': '192.0.2.7' },
        },
      )

      expect(status).toBe(429)
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(50)
      expect(isRead).toBe(false)
    },
  )
})

describe('guests', () => {
  const search = "/api/collections/users/records?filter=name='x'"
  const { maxRequests } = guestSearches

  async function searches(app: TestApp, count: number, token?: string): Promise<number[]> {
    // A client that finds nothing is delayed randomly.
    const draw = crypto.getRandomValues.bind(crypto)
    const chance = vi
      .spyOn(crypto, 'getRandomValues')
      .mockImplementation((array) => (array instanceof Uint32Array ? array : draw(array)))
    const answers: number[] = []
    for (let i = 0; i < count; i++) answers.push((await app.get(search, { token })).status)
    chance.mockRestore()
    return answers
  }

  async function signUps(app: TestApp, count: number): Promise<number[]> {
    const answers: number[] = []
    for (let i = 0; i < count; i++) {
      // A rejected address costs and reveals as much as an accepted one.
      const { status } = await app.post('/api/collections/users/records', { email: 'x' })
      answers.push(status)
    }
    return answers
  }

  it('have a default limit for searches, and none for plain lists', async ({ expect }) => {
    const app = createTestApp()
    const user = await signUp(app, 'user@example.com')

    const answers = await searches(app, maxRequests + 1)

    expect(answers.slice(0, -1).every((status) => status === 200)).toBe(true)
    expect(answers.at(-1)).toBe(429)
    expect((await app.get('/api/collections/users/records')).status).toBe(200)
    expect(await searches(app, 1, user.token)).toEqual([200])
  })

  it('have a default limit for sign-ups, including batches', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch('/api/settings', { batch: { enabled: true } }, { token })

    const answers = await signUps(app, guestSignUps.maxRequests + 1)
    const batch = await app.post('/api/batch', {
      requests: [{ method: 'POST', url: '/api/collections/users/records', body: { email: 'x' } }],
    })
    const superuser = await app.post('/api/collections/users/records', { email: 'x' }, { token })

    expect(new Set(answers.slice(0, -1))).toEqual(new Set([400]))
    expect(answers.at(-1)).toBe(429)
    expect(JSON.stringify(batch.body)).toContain('"status":429')
    expect(superuser.status).toBe(400)
  })

  it('follow the settings’ rule for a tag, if there is one', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [
      { label: '*:list', audience: '', duration: 60, maxRequests: maxRequests + 5 },
      { label: 'users:create', audience: '@guest', duration: 60, maxRequests: 1 },
      { label: '/api/', audience: '', duration: 60, maxRequests: 1 },
    ])

    expect((await searches(app, maxRequests + 6)).at(-2)).toBe(200)
    expect(await signUps(app, 2)).toEqual([400, 429])
  })

  it('have no limit if limits are off', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token })

    expect((await searches(app, maxRequests + 1)).at(-1)).toBe(200)
    expect((await signUps(app, guestSignUps.maxRequests + 1)).at(-1)).toBe(400)
  })

  it('have no limit for other records', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'notes', fields: [], createRule: '' })

    const answers: number[] = []
    for (let i = 0; i <= guestSignUps.maxRequests; i++) {
      answers.push((await app.post('/api/collections/notes/records', {})).status)
    }

    expect(new Set(answers)).toEqual(new Set([200]))
  })
})

describe('limited requests', () => {
  it('are counted for each client', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [twoLists])

    const answers: number[] = []
    for (const ip of ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.8']) {
      answers.push(await list(app, ip))
    }

    expect(answers).toEqual([200, 200, 429, 200])
  })

  it('do not include superusers and excluded addresses', async ({ expect }) => {
    const app = createTestApp()
    const token = await limitTo(app, [{ ...twoLists, maxRequests: 1 }], {
      excludedIPs: ['198.51.100.0/24'],
    })

    const answers: number[] = []
    for (const _ of [1, 2]) answers.push(await list(app, '192.0.2.7', token))
    for (const _ of [1, 2]) answers.push(await list(app, '198.51.100.1'))

    expect(answers).toEqual([200, 200, 200, 200])
  })

  it.for([
    ['GET', '/api/health', '/api/health'],
    ['HEAD', '/api/health', '/api/'],
    ['GET', '/api/nowhere', '/api/'],
    ['POST', '/api/nowhere', '/api/nowhere'],
    ['GET', '/nowhere', '/'],
    ['GET', '/_/', '/_/'],
    ['GET', '/_/auth/password-changed', '/_/'],
    ['GET', '/api/collections', '/api/collections'],
    ['GET', '/api/collections/users', '/api/'],
    ['GET', '/api/collections/meta/scaffolds', '/api/'],
    ['PUT', '/api/collections/import', '/api/'],
    ['DELETE', '/api/collections/users/truncate', '/api/collections/'],
    ['GET', '/api/logs', '/api/'],
    ['POST', '/api/realtime', 'POST /api/realtime'],
    ['POST', '/api/files/token', '/api/'],
    ['POST', '/api/collections/users/impersonate/x', '/api/'],
  ] as const)('to any path are counted: %s %s by %s', async ([method, path, label], { expect }) => {
    const app = createTestApp()
    const rule = { label, audience: '@guest', duration: 60, maxRequests: 2 }
    const token = await limitTo(app, [rule])

    const answers: number[] = []
    for (const _ of [1, 2, 3]) answers.push((await app.request(method, path)).status)
    const superuser = await app.request(method, path, { token })

    expect(answers.map((status) => status === 429)).toEqual([false, false, true])
    expect(superuser.status).not.toBe(429)
  })

  it('to a missing collection are not counted, as in PocketBase', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [{ label: '/api/', audience: '', duration: 60, maxRequests: 1 }])

    const answers: number[] = []
    for (const _ of [1, 2, 3]) {
      answers.push((await app.get('/api/collections/nope/records')).status)
    }

    expect(answers).toEqual([404, 404, 404])
  })

  it('are rejected before rules are checked', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [{ label: 'GET /api/settings', audience: '', duration: 60, maxRequests: 1 }])

    const first = await app.get('/api/settings')
    const second = await app.get('/api/settings')

    expect([first.status, second.status]).toEqual([401, 429])
  })
})
