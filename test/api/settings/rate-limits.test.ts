import { describe, it, vi } from 'vitest'
import { password, signInSuperuser } from '../../support/accounts.ts'
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
  // Guards against guessing that is spread over many places of the network.
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

  it('begins anew when settings are saved, whichever', async ({ expect }) => {
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

  it('says when to come back, and lets come back', async ({ expect }) => {
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

  it('do not concern superusers and excluded addresses', async ({ expect }) => {
    const app = createTestApp()
    const token = await limitTo(app, [{ ...twoLists, maxRequests: 1 }], {
      excludedIPs: ['198.51.100.0/24'],
    })

    const answers: number[] = []
    for (const _ of [1, 2]) answers.push(await list(app, '192.0.2.7', token))
    for (const _ of [1, 2]) answers.push(await list(app, '198.51.100.1'))

    expect(answers).toEqual([200, 200, 200, 200])
  })

  it('are refused before anybody asks who may', async ({ expect }) => {
    const app = createTestApp()
    await limitTo(app, [{ label: 'GET /api/settings', audience: '', duration: 60, maxRequests: 1 }])

    const first = await app.get('/api/settings')
    const second = await app.get('/api/settings')

    expect([first.status, second.status]).toEqual([401, 429])
  })
})
