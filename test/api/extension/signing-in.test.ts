import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import {
  type AfterAuthEvent,
  type BeforeAuthEvent,
  type CollectionHooks,
  refuse,
} from '#extension/index.ts'
import { password, signIn } from '../../support/accounts.ts'
import { challenge, codeOf, enrol } from '../../support/authenticators.ts'
import { bindings } from '../../support/bindings.ts'
import {
  acceptFakeProvider,
  createFakeProvider,
  linksOf,
  signInWithCode,
} from '../../support/fake-provider.ts'
import { createHookedWorld, type HookedWorld } from '../../support/hooked-app.ts'
import { requestCode } from '../../support/one-time-codes.ts'
import { tripsOf } from '../../support/round-trips.ts'
import type { Answer, TestApp } from '../../support/test-app.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const users = '/api/collections/users'
const email = 'ann@example.com'
const grace = { sub: 'grace-1', email: 'grace@example.com', email_verified: true, name: 'Grace' }

const byPassword = (app: TestApp, secret = password): Promise<Answer> =>
  app.post(`${users}/auth-with-password`, { identity: email, password: secret })

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

async function configure(world: HookedWorld, change: object): Promise<void> {
  const { app, admin } = world
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, admin)
  const answer = await app.patch('/api/collections/users', change, admin)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
}

/** Every way to sign in, up to its last request. */
const ways: readonly {
  readonly name: string
  readonly method: BeforeAuthEvent['method']
  readonly isSecondFactor: boolean
  /** Prepares the account, and returns its last request. */
  prepare(world: HookedWorld): Promise<() => Promise<Answer>>
}[] = [
  {
    name: 'a password',
    method: 'password',
    isSecondFactor: false,
    prepare:
      async ({ app }) =>
      () =>
        byPassword(app),
  },
  {
    name: 'a one-time code',
    method: 'otp',
    isSecondFactor: false,
    async prepare(world) {
      await configure(world, { otp: { enabled: true } })
      const code = await requestCode(world.app, email)
      return () => world.app.post(`${users}/auth-with-otp`, code)
    },
  },
  {
    name: 'a provider',
    method: 'oauth2',
    isSecondFactor: false,
    async prepare(world) {
      const { app, admin } = world
      await configure(world, {})
      await acceptFakeProvider(app, admin.token)
      const provider = createFakeProvider()
      const user = { ...grace, sub: 'ann-1', email }
      return () => signInWithCode(app, provider.codeFor(user))
    },
  },
  {
    name: 'an authenticator behind a password',
    method: 'totp',
    isSecondFactor: true,
    async prepare(world) {
      const { app, ann } = world
      await configure(world, { security: { totp: { enabled: true } } })
      const phone = await enrol(app, ann)
      later(60)
      const mfaId = await challenge(app, email)
      return async () =>
        await app.post(`${users}/auth-with-totp`, { mfaId, code: await codeOf(phone) })
    },
  },
  {
    name: 'a recovery code behind a password',
    method: 'recovery',
    isSecondFactor: true,
    async prepare(world) {
      const { app, ann } = world
      await configure(world, { security: { totp: { enabled: true } } })
      const phone = await enrol(app, ann)
      const mfaId = await challenge(app, email)
      const [code = ''] = phone.recoveryCodes
      return () => app.post(`${users}/auth-with-recovery-code`, { mfaId, code })
    },
  },
  {
    name: 'a code behind a password',
    method: 'otp',
    isSecondFactor: true,
    async prepare(world) {
      await configure(world, { otp: { enabled: true }, mfa: { enabled: true } })
      const mfaId = await challenge(world.app, email)
      const code = await requestCode(world.app, email)
      return () => world.app.post(`${users}/auth-with-otp`, { ...code, mfaId })
    },
  },
  {
    name: 'a renewal',
    method: 'refresh',
    isSecondFactor: false,
    prepare:
      async ({ app, ann }) =>
      () =>
        app.post(`${users}/auth-refresh`, undefined, ann),
  },
]

describe('a hook before a sign-in', () => {
  it.for(ways)(
    'sees, refuses and allows $name',
    async ({ prepare, method, isSecondFactor }, { expect }) => {
      const seen: BeforeAuthEvent[] = []
      let isOpen = true
      const world = await createHookedWorld({
        users: {
          beforeAuth(e) {
            seen.push(e)
            if (!isOpen) throw refuse('Closed today.', { status: 403, code: 'closed' })
          },
        },
      })
      const send = await prepare(world)
      seen.length = 0
      isOpen = false

      const refused = await send()
      expect(refused).toMatchObject({ status: 403, body: { message: 'Closed today.' } })
      expect(refused.body).not.toHaveProperty('token')
      expect(seen).toMatchObject([
        { collection: 'users', id: world.ann.id, method, isSecondFactor, ip: expect.any(String) },
      ])

      isOpen = true
      // A code of a provider is gone by now; everything else is as if nothing had happened.
      if (method !== 'oauth2') expect(await send()).toMatchObject({ status: 200 })
    },
  )

  it.for(ways)('requires something of the account, by $name', async ({ prepare }, { expect }) => {
    const isRequired = { now: false }
    const world = await createHookedWorld({
      users: {
        beforeAuth(e) {
          if (isRequired.now) e.require('name = {:name}', { name: 'Ann' })
        },
      },
    })
    const send = await prepare(world)
    isRequired.now = true

    const refused = await send()

    expect(refused).toMatchObject({ status: 403, body: { data: {} } })
    expect(refused.body).not.toHaveProperty('token')
  })

  it('costs no trip', async ({ expect }) => {
    const { app } = await createHookedWorld({
      users: { beforeAuth: (e) => e.require('verified = false'), afterAuth: () => undefined },
    })

    expect(tripsOf(await byPassword(app))).toBe('2 batches, 0 reads, 1 write')
  })

  it('does not run for a wrong password, which gets its usual answer', async ({ expect }) => {
    const beforeAuth = vi.fn<() => void>(() => {
      throw refuse('Closed today.')
    })
    const { app } = await createHookedWorld({ users: { beforeAuth } })

    const answer = await byPassword(app, 'wrong')

    expect(answer.body).toEqual({ data: {}, message: 'Failed to authenticate.', status: 400 })
    expect(beforeAuth).not.toHaveBeenCalled()
  })

  it('tells nothing to an account that the auth rule refuses', async ({ expect }) => {
    const world = await createHookedWorld({
      users: {
        beforeAuth() {
          throw refuse('Closed today.', { status: 429 })
        },
      },
    })
    await configure(world, { authRule: 'verified = true' })

    const answer = await byPassword(world.app)

    expect(answer.status).toBe(403)
    expect(JSON.stringify(answer.body)).not.toContain('Closed today.')
  })

  it('fails without a reason, and closed, if it throws', async ({ expect }) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { app } = await createHookedWorld({
      users: {
        beforeAuth() {
          throw new Error('the reason')
        },
      },
    })

    const answer = await byPassword(app)

    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).not.toContain('reason')
    expect(JSON.stringify(logged.mock.calls)).toContain('users.beforeAuth')
  })

  it('sees no secrets', async ({ expect }) => {
    const seen: unknown[] = []
    const world = await createHookedWorld({
      '*': { beforeAuth: (e) => void seen.push(e), afterAuth: (e) => void seen.push(e.record) },
    })
    await acceptFakeProvider(world.app, world.admin.token)
    await signInWithCode(world.app, createFakeProvider().codeFor(grace))
    await byPassword(world.app)

    const text = JSON.stringify(seen)
    expect(text).toContain('grace@example.com')
    for (const secret of [password, 'tokenKey', 'accessToken', 'refreshToken', '$argon2']) {
      expect(text).not.toContain(secret)
    }
  })
})

describe('a sign-up by a provider', () => {
  const accounts = async (): Promise<number | null> =>
    await bindings.DB.prepare('SELECT count(*) AS n FROM "users"').first('n')

  async function signUpWith(hooks: CollectionHooks): Promise<Answer> {
    const { app, admin } = await createHookedWorld({ users: hooks })
    await acceptFakeProvider(app, admin.token, { mappedFields: { name: 'name' } })
    return await signInWithCode(app, createFakeProvider().codeFor(grace))
  }

  it('runs the hooks of a creation', async ({ expect }) => {
    const after: string[] = []
    const answer = await signUpWith({
      beforeCreate: (e) => void (e.data['name'] = `${e.data['name']} H.`),
      afterCreate: (e) => void after.push(String(e.record['name'])),
    })

    expect(answer).toMatchObject({ status: 200, body: { record: { name: 'Grace H.' } } })
    expect(after).toEqual(['Grace H.'])
  })

  it.for<{ name: string; hooks: CollectionHooks }>([
    {
      name: 'its creation',
      hooks: {
        beforeCreate() {
          throw refuse('No.')
        },
      },
    },
    {
      name: 'its sign-in',
      hooks: {
        beforeAuth(e) {
          if (e.meta['isNew'] === true) throw refuse('No.')
        },
      },
    },
    {
      name: 'what a hook requires',
      hooks: { beforeAuth: (e) => e.require('email ~ "@arete.example"') },
    },
  ])('leaves no account if $name is refused', async ({ hooks }, { expect }) => {
    const answer = await signUpWith(hooks)

    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await accounts()).toBe(1)
    expect(await linksOf('')).toEqual([])
  })

  it('can require something of the account that a hook has just created', async ({ expect }) => {
    const answer = await signUpWith({
      beforeCreate: (e) => void (e.data['name'] = 'hooked'),
      beforeAuth: (e) => e.require('name = "hooked"'),
    })

    expect(answer.status).toBe(200)
  })
})

describe('a hook after a sign-in', () => {
  it.for(ways)('adds to the answer of $name', async ({ prepare, method }, { expect }) => {
    const seen: AfterAuthEvent[] = []
    const world = await createHookedWorld({
      users: {
        afterAuth(e) {
          seen.push(e)
          e.meta['greeting'] = `Hello ${String(e.record['name'])}`
        },
      },
    })
    const send = await prepare(world)
    seen.length = 0

    const { body } = await send()

    expect(body).toMatchObject({ meta: { greeting: 'Hello ' }, token: expect.any(String) })
    expect(seen).toMatchObject([{ id: world.ann.id, method }])
  })

  it('does not run for a challenge', async ({ expect }) => {
    const afterAuth = vi.fn<() => void>()
    const world = await createHookedWorld({ users: { afterAuth } })
    await configure(world, { otp: { enabled: true }, mfa: { enabled: true } })

    await challenge(world.app, email)

    expect(afterAuth).not.toHaveBeenCalled()
  })

  it('does not undo the sign-in if it fails, and adds nothing', async ({ expect }) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { app } = await createHookedWorld({
      users: {
        afterAuth: [
          (e) => void (e.meta['first'] = 1),
          (e) => {
            e.meta['second'] = 2
            throw new Error('broken')
          },
        ],
      },
    })

    const { status, body } = await byPassword(app)

    expect(status).toBe(200)
    expect(body).toMatchObject({ meta: { first: 1 } })
    expect(JSON.stringify(body)).not.toContain('second')
    expect(JSON.stringify(logged.mock.calls)).toContain('users.afterAuth')
  })

  it('can write as the application', async ({ expect }) => {
    const { app } = await createHookedWorld({
      users: {
        async afterAuth(e, arete) {
          await arete.records('users').update(e.id, { name: 'seen' })
        },
      },
    })

    await byPassword(app)

    expect(await bindings.DB.prepare('SELECT "name" FROM "users"').first('name')).toBe('seen')
  })

  it('also runs for superusers, under `*`', async ({ expect }) => {
    const seen: string[] = []
    const { app } = await createHookedWorld({
      '*': { afterAuth: (e) => void seen.push(e.collection) },
    })

    await signIn(app, '_superusers', 'admin@example.com')

    expect(seen).toEqual(['_superusers'])
  })
})
