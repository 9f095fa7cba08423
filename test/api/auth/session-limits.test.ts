import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { changeCollection } from '../../support/collections.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const email = 'ada@example.com'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function limit(session: { maxLifetime?: number; maxCount?: number }): Promise<void> {
  await changeCollection(app, superuser.token, 'users', { security: { session } })
}

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

function expiryOf(token: string): number {
  return decodeJwt(token).exp ?? 0
}

async function refresh(token: string): Promise<{ status: number; token: string }> {
  const { status, body } = await app.post(`${users}/auth-refresh`, undefined, { token })
  return { status, token: (body as { token?: string }).token ?? '' }
}

async function isSignedIn({ id, token }: SignedIn): Promise<boolean> {
  return (await app.get(`${users}/records/${id}`, { token })).status === 200
}

async function standing(sessions: readonly SignedIn[]): Promise<boolean[]> {
  const stands: boolean[] = []
  for (const session of sessions) stands.push(await isSignedIn(session))
  return stands
}

describe('security.session.maxLifetime', () => {
  it('ends a session however often it is renewed', async ({ expect }) => {
    await limit({ maxLifetime: 3600 })
    const first = await signIn(app, 'users', email)
    const end = expiryOf(first.token)
    expect(end).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000) + 3600)

    let { token } = first
    for (let turn = 0; turn < 20; turn++) {
      later(170)
      const renewed = await refresh(token)
      expect(renewed.status).toBe(200)
      expect(expiryOf(renewed.token)).toBe(end)
      ;({ token } = renewed)
    }

    later(220)
    expect((await refresh(token)).status).toBe(401)
    expect(await isSignedIn({ ...first, token })).toBe(false)
  })

  it('holds for sessions that began before it was set', async ({ expect }) => {
    later(7200)
    await limit({ maxLifetime: 3600 })

    expect(await isSignedIn(ada)).toBe(false)
    expect((await refresh(ada.token)).status).toBe(401)
    expect(await isSignedIn(await signIn(app, 'users', email))).toBe(true)
  })

  it('leaves impersonation as long as a superuser made it', async ({ expect }) => {
    await limit({ maxLifetime: 60 })
    const { body } = await app.post(
      `${users}/impersonate/${ada.id}`,
      { duration: 7200 },
      { token: superuser.token },
    )
    later(3600)

    const { token } = body as { token: string }
    expect(await isSignedIn({ ...ada, token })).toBe(true)
  })
})

describe('security.session.maxCount', () => {
  it('ends the session that was seen least recently', async ({ expect }) => {
    await limit({ maxCount: 2 })
    const first = await signIn(app, 'users', email)
    later(10)
    const second = await signIn(app, 'users', email)
    later(10)
    await refresh(first.token)
    later(10)

    const third = await signIn(app, 'users', email)

    expect(await standing([first, second, third])).toEqual([true, false, true])
  })

  it('holds for 20 sign-ins at once', async ({ expect }) => {
    await limit({ maxCount: 3 })

    const sessions = await Promise.all(
      Array.from({ length: 20 }, () => signIn(app, 'users', email)),
    )

    expect((await standing(sessions)).filter(Boolean)).toHaveLength(3)
  })

  it('does not count sessions that have ended', async ({ expect }) => {
    await limit({ maxCount: 2 })
    const first = await signIn(app, 'users', email)
    later(10)
    const second = await signIn(app, 'users', email)
    await app.post(`${users}/logout`, undefined, { token: second.token })
    later(10)

    const third = await signIn(app, 'users', email)

    expect(await standing([first, second, third])).toEqual([true, false, true])
  })

  it('does not count sessions that a new password ended', async ({ expect }) => {
    await limit({ maxCount: 2 })
    await signIn(app, 'users', email)
    later(10)
    const second = await signIn(app, 'users', email)
    const changed = {
      oldPassword: password,
      password: 'another-one',
      passwordConfirm: 'another-one',
    }
    await app.patch(`${users}/records/${ada.id}`, changed, { token: second.token })
    later(10)
    const { body } = await app.post(`${users}/auth-with-password`, {
      identity: email,
      password: 'another-one',
    })
    const third = { ...ada, token: (body as { token: string }).token }

    expect(await standing([second, third])).toEqual([true, true])
  })

  it('counts each account by itself', async ({ expect }) => {
    await limit({ maxCount: 1 })
    const own = await signIn(app, 'users', email)
    const other = await signUp(app, 'bob@example.com')

    expect(await standing([own, other])).toEqual([true, true])
  })
})
