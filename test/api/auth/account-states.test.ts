import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import { requestCode } from '../../support/one-time-codes.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

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

function disable(body: unknown = {}, id = ada.id, token = superuser.token): Promise<Answer> {
  return app.post(`${users}/disable/${id}`, body, { token })
}

function enable(): Promise<Answer> {
  return app.post(`${users}/enable/${ada.id}`, undefined, { token: superuser.token })
}

function withPassword(given = password): Promise<Answer> {
  return app.post(`${users}/auth-with-password`, { identity: email, password: given })
}

const disabled = (until = ''): unknown => ({
  status: 403,
  message: 'The account is disabled.',
  data: {
    account: { code: 'account_disabled', message: 'The account is disabled.', params: { until } },
  },
})

describe('a disabled account', () => {
  it('is signed out at once, and cannot sign in with the right password', async ({ expect }) => {
    expect(await disable()).toMatchObject({ status: 204 })

    const own = await app.get(`${users}/records/${ada.id}`, { token: ada.token })
    const refreshed = await app.post(`${users}/auth-refresh`, undefined, { token: ada.token })

    expect(own.status).toBe(404)
    expect(refreshed.status).toBe(401)
    expect((await withPassword()).body).toEqual(disabled())
  })

  it('looks like any other without the right password', async ({ expect }) => {
    const before = await withPassword('wrong-password')
    await disable()

    expect(await withPassword('wrong-password')).toMatchObject({
      status: before.status,
      body: before.body,
    })
  })

  it('cannot sign in with a code that was mailed before, and gets no new one', async ({
    expect,
  }) => {
    await changeCollection(app, superuser.token, 'users', { otp: { enabled: true } })
    const code = await requestCode(app, email)
    await disable({ notify: false })
    const before = app.mailbox.mails.length

    const used = await app.post(`${users}/auth-with-otp`, code)
    const requested = await app.post(`${users}/request-otp`, { email })
    const reset = await app.post(`${users}/request-password-reset`, { email })
    const verification = await app.post(`${users}/request-verification`, { email })

    expect(used.status).toBe(400)
    expect([requested.status, reset.status, verification.status]).toEqual([200, 204, 204])
    expect(app.mailbox.mails).toHaveLength(before)
  })

  it('is refused after the first of two factors', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', {
      otp: { enabled: true },
      mfa: { enabled: true },
    })
    const { body: challenge } = await withPassword()
    await disable()

    const { results } = await bindings.DB.prepare('SELECT * FROM "_mfas"').all()
    expect(challenge).toHaveProperty('mfaId')
    expect(results).toEqual([])
    expect((await withPassword()).body).toEqual(disabled())
  })

  it('signs in again once it is enabled', async ({ expect }) => {
    await disable()
    expect(await enable()).toMatchObject({ status: 204 })

    expect((await withPassword()).status).toBe(200)
    expect((await app.get(`${users}/records/${ada.id}`, { token: ada.token })).status).toBe(404)
  })

  it('signs in again once its time has passed', async ({ expect }) => {
    const until = new Date(Date.now() + 60_000).toISOString()
    await disable({ until })
    expect((await withPassword()).body).toEqual(disabled(until.replace('T', ' ')))

    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] })

    expect((await withPassword()).status).toBe(200)
  })

  it('gets a mail, which does not show who disabled it or why', async ({ expect }) => {
    await disable({ reason: 'spam in comments' })

    const mail = app.mailbox.last()
    expect(mail.to).toEqual([{ name: '', address: email }])
    expect(mail.html).toContain('until further notice')
    expect(JSON.stringify(mail)).not.toMatch(/spam|admin/)
  })

  it('is listed with the reason', async ({ expect }) => {
    const bob = await signUp(app, 'bob@example.com')
    await disable({ reason: 'spam' })
    await disable({}, bob.id)

    const { body } = await app.get(`${users}/states?record=${ada.id}`, { token: superuser.token })
    const { body: all } = await app.get(`${users}/states`, { token: superuser.token })

    expect(body).toEqual({
      items: [
        {
          record: ada.id,
          state: 'disabled',
          reason: 'spam',
          until: '',
          by: { collection: expect.any(String), id: superuser.id },
          at: expect.any(String),
        },
      ],
    })
    expect((all as { items: unknown[] }).items).toHaveLength(2)
  })

  it('takes its state along when it is deleted', async ({ expect }) => {
    await disable()
    await app.request('DELETE', `${users}/records/${ada.id}`, { token: superuser.token })

    const { results } = await bindings.DB.prepare('SELECT * FROM "_account_states"').all()
    expect(results).toEqual([])
  })
})

describe('POST /api/collections/{collection}/disable/{id}', () => {
  it('is for superusers only', async ({ expect }) => {
    const bob = await signUp(app, 'bob@example.com')
    const guest = await app.post(`${users}/disable/${ada.id}`, {})

    expect(guest.status).toBe(401)
    expect((await disable({}, bob.id, ada.token)).status).toBe(403)
    expect((await disable({}, ada.id, ada.token)).status).toBe(403)
    expect((await app.get(`${users}/states`, { token: ada.token })).status).toBe(403)
    expect((await withPassword()).status).toBe(200)
  })

  it('answers 404 for an account that does not exist', async ({ expect }) => {
    expect((await disable({}, 'missing00000000')).status).toBe(404)
    expect((await app.post('/api/collections/missing/disable/x', {}, superuser)).status).toBe(404)
  })

  const faults = [
    ['until', 'tomorrow'],
    ['until', '2001-01-01 00:00:00.000Z'],
    ['reason', 'x'.repeat(501)],
  ] as const
  for (const [field, value] of faults) {
    it(`refuses ${field}: ${value.slice(0, 30)}`, async ({ expect }) => {
      const { status, body } = await disable({ [field]: value })

      expect(status).toBe(400)
      expect(body).toMatchObject({ data: { [field]: { code: expect.any(String) } } })
      expect((await withPassword()).status).toBe(200)
    })
  }

  it('disables neither the caller nor the last superuser who can sign in', async ({ expect }) => {
    const path = '/api/collections/_superusers'
    const { body } = await app.post(
      `${path}/records`,
      { email: 'second@example.com', password, passwordConfirm: password },
      { token: superuser.token },
    )
    const { id } = body as { id: string }
    const second = await signIn(app, '_superusers', 'second@example.com')

    const own = await app.post(`${path}/disable/${superuser.id}`, {}, superuser)
    const other = await app.post(`${path}/disable/${id}`, {}, superuser)
    const revenge = await app.post(`${path}/disable/${superuser.id}`, {}, second)
    const removal = await app.request('DELETE', `${path}/records/${superuser.id}`, superuser)

    expect(own).toMatchObject({ status: 400 })
    expect(other).toMatchObject({ status: 204 })
    expect(revenge).toMatchObject({ status: 401 })
    expect(removal).toMatchObject({ status: 400 })
  })

  it('ends a sign-in that has checked the password already', async ({ expect }) => {
    const racing = Promise.all(Array.from({ length: 10 }, () => withPassword()))
    await disable()
    const answers = await racing

    for (const { status, body } of answers) {
      if (status !== 200) continue
      const { token } = body as { token: string }
      expect((await app.get(`${users}/records/${ada.id}`, { token })).status).toBe(404)
    }
    expect((await withPassword()).status).toBe(403)
  })
})
