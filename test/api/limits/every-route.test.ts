import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

/*
 * Every route with a body, and its limits on guessing. A new route must be added here before it can
 * be merged.
 */

const users = '/api/collections/users'
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.AAAA'

interface World {
  readonly id: string
  readonly token: string
}

/** Routes that check a secret, or mail an address from the client. They are counted exactly. */
const exact: Readonly<Record<string, (app: TestApp, world: World) => Promise<Answer>>> = {
  'POST /api/collections/:collection/auth-with-password': (app) =>
    app.post(`${users}/auth-with-password`, { identity: 'a@example.com', password: 'x' }),
  'POST /api/collections/:collection/auth-with-otp': (app) =>
    app.post(`${users}/auth-with-otp`, { otpId: 'missing00000000', password: '12345678' }),
  'POST /api/collections/:collection/auth-with-oauth2': (app) =>
    app.post(`${users}/auth-with-oauth2`, {
      provider: 'oidc',
      code: 'x',
      codeVerifier: 'x',
      redirectURL: 'http://127.0.0.1/',
    }),
  'POST /api/collections/:collection/auth-with-totp': (app) =>
    app.post(`${users}/auth-with-totp`, { mfaId: 'missing00000000', code: '123456' }),
  'POST /api/collections/:collection/auth-with-recovery-code': (app) =>
    app.post(`${users}/auth-with-recovery-code`, { mfaId: 'missing00000000', code: 'x' }),
  'POST /api/collections/:collection/factors/totp': (app, world) =>
    app.post(`${users}/factors/totp`, {}, world),
  'POST /api/collections/:collection/factors/totp/:id/confirm': (app, world) =>
    app.post(`${users}/factors/totp/missing00000000/confirm`, { code: '123456' }, world),
  'POST /api/collections/:collection/step-up': (app, world) =>
    app.post(`${users}/step-up`, { method: 'password', password: 'x' }, world),
  'POST /api/collections/:collection/request-otp': (app) =>
    app.post(`${users}/request-otp`, { email: 'nobody@example.com' }),
  'POST /api/collections/:collection/request-verification': (app) =>
    app.post(`${users}/request-verification`, { email: 'nobody@example.com' }),
  'POST /api/collections/:collection/request-password-reset': (app) =>
    app.post(`${users}/request-password-reset`, { email: 'nobody@example.com' }),
  'POST /api/collections/:collection/request-email-change': (app, world) =>
    app.post(`${users}/request-email-change`, { newEmail: 'new@example.com' }, world),
  'POST /api/collections/:collection/confirm-verification': (app) =>
    app.post(`${users}/confirm-verification`, { token }),
  'POST /api/collections/:collection/confirm-password-reset': (app) =>
    app.post(`${users}/confirm-password-reset`, { token, password: 'x', passwordConfirm: 'x' }),
  'POST /api/collections/:collection/confirm-email-change': (app) =>
    app.post(`${users}/confirm-email-change`, { token, password: 'x' }),
  'PATCH /api/collections/:collection/records/:id': (app, world) =>
    app.patch(
      `${users}/records/${world.id}`,
      { oldPassword: 'x', password: 'y', passwordConfirm: 'y' },
      world,
    ),
}

/** The others, and the reason why they need no exact count. */
const inexact: Readonly<Record<string, string>> = {
  'POST /api/batch': 'each old password in it counts like a PATCH: see other-secrets.test.ts',
  'POST /api/setup': 'has an exact limit of its own: see setup.test.ts',
  'POST /api/collections/:collection/records': 'checks no secret',
  'POST /api/collections/:collection/auth-refresh': 'a signed token',
  'POST /api/collections/:collection/logout': 'a signed token',
  'POST /api/collections/:collection/impersonate/:id': 'superusers only',
  'POST /api/collections/:collection/disable/:id': 'superusers only',
  'POST /api/collections/:collection/enable/:id': 'superusers only',
  'PATCH /api/collections/:collection/factors/:id': 'a signed token, and renames',
  'POST /api/collections/:collection/factors/recovery-codes': 'a signed token, and its facts',
  'POST /api/collections': 'superusers only',
  'POST /api/collections/meta/dry-run-view': 'superusers only',
  'PATCH /api/collections/:collection': 'superusers only',
  'PUT /api/collections/import': 'superusers only',
  'PATCH /api/settings': 'superusers only',
  'POST /api/crons/:id': 'superusers only',
  'POST /api/sql': 'superusers only',
  'POST /api/rules/explain': 'superusers only, and verifies no secret',
  'POST /api/backups': 'superusers only',
  'POST /api/backups/upload': 'superusers only',
  'POST /api/backups/:key/restore': 'superusers only',
  'POST /api/realtime': 'names a connection that cannot be guessed',
  'POST /api/files/token': 'for the signed in, and checks no secret but their token',
  'POST /api/settings/test/s3': 'superusers only',
  'POST /api/settings/test/email': 'superusers only',
  'POST /api/settings/apple/generate-client-secret': 'superusers only',
  'POST /api/webhooks': 'superusers only',
  'PATCH /api/webhooks/:id': 'superusers only',
  'POST /api/webhooks/:id/rotate': 'superusers only',
  'POST /api/webhooks/:id/test': 'superusers only',
  'POST /api/webhooks/:id/replay': 'superusers only',
  'POST /api/webhooks/deliveries/:id/replay': 'superusers only',
  'POST /api/schema/plan': 'superusers only',
  'POST /api/schema/apply': 'superusers only',
  'POST /api/oauth2-redirect': 'passes on what a provider says, checks nothing itself',
  'POST /_/auth/confirm-verification/:token': 'acts as the route of the API, limits included',
  'POST /_/auth/confirm-password-reset/:token': 'acts as the route of the API, limits included',
  'POST /_/auth/confirm-email-change/:token': 'acts as the route of the API, limits included',
}

/** A collection with every authentication method, and a limit of one request for each. */
async function createWorld(): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const user = await signUp(app, 'user@example.com')
  await app.patch(
    '/api/collections/users',
    {
      otp: { enabled: true },
      security: { totp: { enabled: true } },
      oauth2: {
        enabled: true,
        providers: [
          {
            name: 'oidc',
            clientId: 'x',
            clientSecret: 'x',
            authURL: 'https://provider.example.com/auth',
            tokenURL: 'https://provider.example.com/token',
            userInfoURL: 'https://provider.example.com/user',
          },
        ],
      },
    },
    admin,
  )
  const rules = [{ label: '/api/', audience: '', duration: 60, maxRequests: 1 }]
  await app.patch('/api/settings', { rateLimits: { enabled: true, rules } }, admin)
  await bindings.DB.prepare('DELETE FROM "_attempts"').run()
  return user
}

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}, { status: 400 }))
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('routes that take a body', () => {
  it('are all listed here', ({ expect }) => {
    const routes = createTestApp().routes.filter((route) => /^(?:POST|PUT|PATCH) /.test(route))

    expect([...new Set(routes)].toSorted()).toEqual(
      [...Object.keys(exact), ...Object.keys(inexact)].toSorted(),
    )
  })

  // Two apps share D1 and nothing else, like two isolates.
  it.for(Object.entries(exact))('%s is counted over all isolates', async ([, send], { expect }) => {
    const world = await createWorld()

    const first = await send(createTestApp(), world)
    const second = await send(createTestApp(), world)

    expect(first.status).not.toBe(429)
    expect(second.status).toBe(429)
    expect(Number(second.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})
