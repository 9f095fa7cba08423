import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { decodeJwt, SignJWT } from 'jose'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { codeOf, enrol, wrongCodeOf } from '../../support/authenticators.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import {
  acceptFakeProvider,
  createFakeProvider,
  signInWithCode,
} from '../../support/fake-provider.ts'
import { requestCode } from '../../support/one-time-codes.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const email = 'ada@example.com'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  await configure({ security: { totp: { enabled: true } } })
  ada = await signUp(app, email)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function configure(change: Readonly<Record<string, unknown>>): Promise<void> {
  await changeCollection(app, superuser.token, 'users', change)
}

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

function stepUp(token: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  return app.post(`${users}/step-up`, body, { token })
}

function tokenOf({ body }: Answer): string {
  return (body as { token: string }).token
}

/** True if the session is fresh enough to begin to enrol an authenticator. */
async function isFresh(token: string): Promise<boolean> {
  const { status } = await app.post(`${users}/factors/totp`, {}, { token })
  return status === 200
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

describe('a step-up', () => {
  it('gives a new token of the same session, whose proof is new', async ({ expect }) => {
    later(3600)

    const answer = await stepUp(ada.token, { method: 'password', password })

    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body as object)).toEqual(['record', 'token'])
    expect(tripsOf(answer)).toBe('2 batches, 1 read, 1 write')
    const before = decodeJwt(ada.token)
    expect(decodeJwt(tokenOf(answer))).toEqual({
      ...before,
      auth_time: nowSeconds(),
      exp: expect.any(Number),
    })
    const { body } = await app.get(`${users}/sessions`, { token: tokenOf(answer) })
    expect((body as { items: unknown[] }).items).toHaveLength(1)
    expect(await isFresh(tokenOf(answer))).toBe(true)
  })

  it('leaves older tokens of the session, and other devices, as old as they are', async ({
    expect,
  }) => {
    const other = await signIn(app, 'users', email)
    later(3600)

    await stepUp(ada.token, { method: 'password', password })

    expect(await isFresh(ada.token)).toBe(false)
    expect(await isFresh(other.token)).toBe(false)
  })

  it('by a wrong password, or of another account, proves nothing', async ({ expect }) => {
    const wrong = await stepUp(ada.token, { method: 'password', password: 'wrong-password' })
    const guest = await app.post(`${users}/step-up`, { method: 'password', password })

    expect(wrong.body).toEqual({ data: {}, message: 'Failed to authenticate.', status: 400 })
    expect(guest.status).toBe(401)
  })

  it('by an authenticator raises the level, once for each code', async ({ expect }) => {
    const phone = await enrol(app, ada)
    later(3600)
    const code = await codeOf(phone)

    const answer = await stepUp(phone.owner.token, { method: 'totp', code })
    const again = await stepUp(phone.owner.token, { method: 'totp', code })

    expect(decodeJwt(tokenOf(answer))).toMatchObject({
      auth_time: nowSeconds(),
      mfa_time: nowSeconds(),
      amr: ['password', 'totp'],
    })
    expect(again.status).toBe(400)
    const path = `${users}/factors/${phone.id}`
    expect((await app.delete(path, { token: tokenOf(answer) })).status).toBe(204)
  })

  it('by an authenticator succeeds once among 30 at the same time', async ({ expect }) => {
    const phone = await enrol(app, ada)
    later(60)
    const code = await codeOf(phone)

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => stepUp(phone.owner.token, { method: 'totp', code })),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(29)
  })

  it('and a sign-in share the codes, and the count of wrong ones', async ({ expect }) => {
    const phone = await enrol(app, ada)
    later(60)
    const code = await codeOf(phone)
    await stepUp(phone.owner.token, { method: 'totp', code: await wrongCodeOf(phone) })
    const counted = await bindings.DB.prepare('SELECT "failures" FROM "_totps"').first()
    expect(counted).toEqual({ failures: 1 })
    await stepUp(phone.owner.token, { method: 'totp', code })

    const begun = await app.post(`${users}/auth-with-password`, { identity: email, password })
    const { mfaId } = begun.body as { mfaId: string }

    expect((await app.post(`${users}/auth-with-totp`, { mfaId, code })).status).toBe(400)
  })

  it('by a factor that was removed meanwhile fails', async ({ expect }) => {
    const phone = await enrol(app, ada)
    later(60)
    await bindings.DB.exec('DELETE FROM "_totps"')

    const body = { method: 'totp', code: await codeOf(phone) }

    expect((await stepUp(phone.owner.token, body)).status).toBe(400)
  })

  it('by a password alone is not enough for an account with an authenticator', async ({
    expect,
  }) => {
    const phone = await enrol(app, ada)
    later(3600)

    const answer = await stepUp(phone.owner.token, { method: 'password', password })
    const refused = await app.post(`${users}/factors/totp`, {}, { token: tokenOf(answer) })

    expect(answer.status).toBe(200)
    expect(refused.body).toMatchObject({ data: { stepUp: { params: { level: 2 } } } })
  })

  it('by a mailed code counts as a second factor, once, for its own account', async ({
    expect,
  }) => {
    await configure({ otp: { enabled: true } })
    await signUp(app, 'bob@example.com')
    const mine = await requestCode(app, email)
    const bobs = await requestCode(app, 'bob@example.com')

    const foreign = await stepUp(ada.token, { method: 'otp', ...bobs })
    const answer = await stepUp(ada.token, { method: 'otp', ...mine })
    const again = await stepUp(ada.token, { method: 'otp', ...mine })

    expect([foreign.status, answer.status, again.status]).toEqual([400, 200, 400])
    expect(decodeJwt(tokenOf(answer))).toMatchObject({
      amr: ['password', 'otp'],
      mfa_time: nowSeconds(),
    })
  })

  it('by a method that may not be second does not raise the level', async ({ expect }) => {
    await configure({ otp: { enabled: true }, security: { mfa: { methods: ['totp'] } } })

    const answer = await stepUp(ada.token, { method: 'otp', ...(await requestCode(app, email)) })

    expect(decodeJwt(tokenOf(answer))).not.toHaveProperty('mfa_time')
  })

  it('by a provider needs a user that the account is linked to', async ({ expect }) => {
    const provider = createFakeProvider()
    vi.stubGlobal('fetch', provider.fetch)
    await acceptFakeProvider(app, superuser.token)
    const user = { sub: 'provider-ada', email, email_verified: true }
    const linked = await signInWithCode(app, provider.codeFor(user), {}, ada.token)
    expect(linked.status).toBe(200)
    const form = {
      method: 'oauth2',
      provider: 'oidc',
      codeVerifier: 'v',
      redirectURL: 'https://app/',
    }

    const stranger = provider.codeFor({ ...user, sub: 'other' })
    const foreign = await stepUp(ada.token, { ...form, code: stranger })
    const answer = await stepUp(ada.token, { ...form, code: provider.codeFor(user) })

    expect(foreign.status).toBe(400)
    expect(answer.status).toBe(200)
  })

  it('by a recovery code uses it up and ends all other sessions', async ({ expect }) => {
    const other = await signIn(app, 'users', email)
    const { recoveryCodes, owner } = await enrol(app, ada)
    const body = { method: 'recovery', code: recoveryCodes[0] }

    const answers = await Promise.all(Array.from({ length: 30 }, () => stepUp(owner.token, body)))

    const done = answers.filter(({ status }) => status === 200)
    expect(done).toHaveLength(1)
    const token = done[0] === undefined ? '' : tokenOf(done[0])
    expect((await app.get(`${users}/sessions`, { token })).status).toBe(200)
    expect((await app.get(`${users}/sessions`, { token: other.token })).status).toBe(401)
    expect((await app.get(`${users}/factors`, { token })).body).toMatchObject({ recoveryCodes: 9 })
  })

  it('by a method that the collection does not have is refused', async ({ expect }) => {
    await configure({ security: null })

    for (const method of ['', 'sms', 'passkey', 'otp', 'oauth2', 'totp', 'recovery']) {
      const { status, body } = await stepUp(ada.token, { method, code: '1', password: '1' })
      expect([method, status]).toEqual([method, 403])
      expect(body).toMatchObject({
        message: 'The account cannot prove its identity by this method.',
      })
    }
  })

  it('is impossible in an impersonated session', async ({ expect }) => {
    const answer = await app.post(`${users}/impersonate/${ada.id}`, {}, superuser)

    const refused = await stepUp(tokenOf(answer), { method: 'password', password })

    expect(decodeJwt(tokenOf(answer))).toMatchObject({
      act: { collectionId: 'pbc_3142635823', id: superuser.id },
      amr: [],
    })
    expect(decodeJwt(tokenOf(answer))).not.toHaveProperty('auth_time')
    expect(refused.status).toBe(403)
  })

  it('with a token of another collection is refused', async ({ expect }) => {
    const body = { method: 'password', password }

    expect((await stepUp(superuser.token, body)).status).toBe(403)
  })
})

describe('the facts of a session', () => {
  it('are copied by a refresh, which makes nothing fresh', async ({ expect }) => {
    let { token } = ada
    for (let n = 0; n < 6; n++) {
      later(120)
      token = tokenOf(await app.post(`${users}/auth-refresh`, undefined, { token }))
    }

    const { exp: _, ...facts } = decodeJwt(token)
    const { exp: __, ...before } = decodeJwt(ada.token)
    expect(facts).toEqual(before)
    expect(await isFresh(token)).toBe(false)
  })

  it('do not hold in a token with other claims, or without them', async ({ expect }) => {
    const claims = decodeJwt(ada.token)
    const key = new TextEncoder().encode('x'.repeat(50))
    const header = { alg: 'HS256', typ: 'JWT' }
    const forged = await new SignJWT({ ...claims, auth_time: nowSeconds() + 10_000 })
      .setProtectedHeader(header)
      .sign(key)
    const [head = '', , signature = ''] = ada.token.split('.')
    const { auth_time: _, ...stripped } = claims
    const payload = btoa(JSON.stringify({ ...stripped, mfa_time: nowSeconds() }))
    const swapped = `${head}.${payload.replaceAll('=', '')}.${signature}`

    for (const token of [forged, swapped]) {
      expect((await app.post(`${users}/factors/totp`, {}, { token })).status).toBe(401)
    }
  })

  it('are unknown in a token from before there were any, which is not fresh', async ({
    expect,
  }) => {
    const row = await bindings.DB.prepare(
      `SELECT "options" ->> '$.authToken.secret' AS "secret" FROM "_collections" WHERE "name" = 'users'`,
    ).first()
    const { auth_time: _, amr: __, sst: ___, ...older } = decodeJwt(ada.token)
    const token = await new SignJWT(older)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(String(row?.['secret'])))

    expect((await app.get(`${users}/sessions`, { token })).status).toBe(200)
    expect(await isFresh(token)).toBe(false)
    expect(await isFresh(tokenOf(await stepUp(token, { method: 'password', password })))).toBe(true)
  })

  it('are shown in the list of sessions', async ({ expect }) => {
    const impersonated = await app.post(`${users}/impersonate/${ada.id}`, {}, superuser)

    const { body } = await app.get(`${users}/sessions`, { token: ada.token })

    expect(impersonated.status).toBe(200)
    expect((body as { items: object[] }).items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'session', methods: ['password'], current: true }),
        expect.objectContaining({ kind: 'impersonation', methods: [], current: false }),
      ]),
    )
  })
})

describe('actions that need a recent proof', () => {
  const newPassword = {
    oldPassword: password,
    password: 'battery-staple-2',
    passwordConfirm: 'battery-staple-2',
  }
  const actions = [
    {
      action: 'password',
      status: 200,
      send: (token: string) => app.patch(`${users}/records/${ada.id}`, newPassword, { token }),
    },
    {
      action: 'email',
      status: 204,
      send: (token: string) =>
        app.post(`${users}/request-email-change`, { newEmail: 'new@example.com' }, { token }),
    },
    {
      action: 'delete',
      status: 204,
      send: (token: string) => app.delete(`${users}/records/${ada.id}`, { token }),
    },
    {
      action: 'sessions',
      status: 204,
      send: (token: string) => app.delete(`${users}/sessions`, { token }),
    },
  ]
  for (const { action, status, send } of actions) {
    it(`are refused to a stale session: ${action}`, async ({ expect }) => {
      await configure({ security: { stepUp: { actions: [action] } } })
      later(601)

      const refused = await send(ada.token)
      const fresh = tokenOf(await stepUp(ada.token, { method: 'password', password }))

      expect(refused.status).toBe(403)
      expect(refused.body).toMatchObject({
        data: { stepUp: { code: 'step_up_required', params: { level: 1, methods: ['password'] } } },
      })
      expect((await send(fresh)).status).toBe(status)
    })

    it(`need none unless the options say so: ${action}`, async ({ expect }) => {
      later(601)

      expect((await send(ada.token)).status).toBe(status)
    })
  }

  it('are refused to a stale session: linking and unlinking a provider', async ({ expect }) => {
    const provider = createFakeProvider()
    vi.stubGlobal('fetch', provider.fetch)
    await acceptFakeProvider(app, superuser.token)
    await configure({ security: { stepUp: { actions: ['link'] } } })
    const user = { sub: 'provider-ada', email, email_verified: true }
    const link = (token: string): Promise<Answer> =>
      signInWithCode(app, provider.codeFor(user), {}, token)
    later(601)

    expect((await link(ada.token)).status).toBe(403)
    const fresh = tokenOf(await stepUp(ada.token, { method: 'password', password }))
    const linked = await link(fresh)
    expect(linked.status).toBe(200)

    const { body } = await app.get('/api/collections/_externalAuths/records', { token: fresh })
    const [item] = (body as { items: { id: string }[] }).items
    const path = `/api/collections/_externalAuths/records/${item?.id}`
    expect((await app.delete(path, { token: ada.token })).status).toBe(403)
    expect((await app.delete(path, { token: fresh })).status).toBe(204)
  })

  it('are also refused inside a batch', async ({ expect }) => {
    await configure({ security: { stepUp: { actions: ['delete'] } } })
    await app.patch('/api/settings', { batch: { enabled: true } }, { token: superuser.token })
    later(601)
    const url = `${users}/records/${ada.id}`

    const { status, body } = await app.post(
      '/api/batch',
      { requests: [{ method: 'DELETE', url }] },
      { token: ada.token },
    )

    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('step_up_required')
    expect((await app.get(url, { token: ada.token })).status).toBe(200)
  })

  it('leave signing out, and the end of one’s own session, free', async ({ expect }) => {
    await configure({ security: { stepUp: { actions: ['sessions'] } } })
    const other = await signIn(app, 'users', email)
    later(601)

    const own = decodeJwt(ada.token)['sid']
    const second = decodeJwt(other.token)['sid']
    const ended = await app.delete(`${users}/sessions/${String(second)}`, { token: ada.token })
    const endedOwn = await app.delete(`${users}/sessions/${String(own)}`, { token: ada.token })
    const signedOut = await app.post(`${users}/logout`, undefined, { token: other.token })

    expect([ended.status, endedOwn.status, signedOut.status]).toEqual([403, 204, 204])
  })
})
