import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { decodeJwt } from 'jose'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import {
  type Authenticator,
  challenge,
  codeOf,
  enrol,
  wrongCodeOf,
} from '../../support/authenticators.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
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

const failed = { data: {}, message: 'Failed to authenticate.', status: 400 }
const expired = { data: {}, message: 'Invalid or expired MFA session.', status: 400 }

let app: TestApp
let superuser: SignedIn
let phone: Authenticator

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  await configure({ security: { totp: { enabled: true } } })
  phone = await enrol(app, await signUp(app, email))
  // The code that confirmed it is used up.
  later(60)
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

function answer(mfaId: string, code: string, collection = 'users'): Promise<Answer> {
  return app.post(`/api/collections/${collection}/auth-with-totp`, { mfaId, code })
}

function withPassword(identity = email): Promise<Answer> {
  return app.post(`${users}/auth-with-password`, { identity, password })
}

function claimsOf({ body }: Answer): Record<string, unknown> {
  return decodeJwt((body as { token: string }).token)
}

async function failures(): Promise<unknown> {
  const row = await bindings.DB.prepare('SELECT "failures" FROM "_totps"').first()
  return row?.['failures']
}

describe('a sign-in of an account with an authenticator', () => {
  it('is challenged, with the methods that the account can answer by', async ({ expect }) => {
    const { status, body } = await withPassword()

    expect(status).toBe(401)
    expect(body).toEqual({ mfaId: expect.any(String), methods: ['totp', 'recovery'] })
  })

  it('completes with the code, in two batches', async ({ expect }) => {
    const mfaId = await challenge(app, email)

    const signedIn = await answer(mfaId, await codeOf(phone))

    expect(signedIn.status).toBe(200)
    expect(Object.keys(signedIn.body as object)).toEqual(['record', 'token'])
    expect(tripsOf(signedIn)).toBe('2 batches, 0 reads, 1 write')
    expect(claimsOf(signedIn)).toMatchObject({
      amr: ['password', 'totp'],
      auth_time: Math.floor(Date.now() / 1000),
      mfa_time: Math.floor(Date.now() / 1000),
    })
    const { token } = signedIn.body as { token: string }
    expect((await app.get(`${users}/sessions`, { token })).status).toBe(200)
  })

  it('is not challenged where the collection asks for none', async ({ expect }) => {
    await configure({ security: { mfa: { enrolled: 'off' } } })

    expect((await withPassword()).status).toBe(200)
  })

  it('is not challenged once authenticators are disabled, and none is accepted', async ({
    expect,
  }) => {
    const mfaId = await challenge(app, email)

    await configure({ security: { totp: { enabled: false } } })

    expect((await withPassword()).status).toBe(200)
    expect((await answer(mfaId, await codeOf(phone))).status).toBe(403)
  })

  it('accepts the code before and after the current one, with the skew of the options', async ({
    expect,
  }) => {
    expect((await answer(await challenge(app, email), await codeOf(phone, -1))).status).toBe(200)
    expect((await answer(await challenge(app, email), await codeOf(phone, 1))).status).toBe(200)
    later(120)
    await configure({ security: { totp: { skew: 0 } } })
    expect((await answer(await challenge(app, email), await codeOf(phone, -1))).body).toEqual(
      failed,
    )
    expect((await answer(await challenge(app, email), await codeOf(phone, 1))).body).toEqual(failed)
    expect((await answer(await challenge(app, email), await codeOf(phone))).status).toBe(200)
  })

  it('accepts any of several authenticators', async ({ expect }) => {
    const tablet = await enrol(app, phone.owner)
    later(60)

    expect((await answer(await challenge(app, email), await codeOf(tablet))).status).toBe(200)
    expect((await answer(await challenge(app, email), await codeOf(phone))).status).toBe(200)
  })

  it('tells nothing about the account to a client without the first factor', async ({ expect }) => {
    await signUp(app, 'bob@example.com')
    const wrong = { password: 'wrong-password' }

    const enrolled = await app.post(`${users}/auth-with-password`, { identity: email, ...wrong })
    const plain = await app.post(`${users}/auth-with-password`, {
      identity: 'bob@example.com',
      ...wrong,
    })
    const none = await app.post(`${users}/auth-with-password`, {
      identity: 'unknown@example.com',
      ...wrong,
    })

    expect([enrolled.body, plain.body, none.body]).toEqual([failed, failed, failed])
    expect(tripsOf(enrolled)).toBe(tripsOf(none))
  })

  it('reports a sign-in from a new place, as without a second factor', async ({ expect }) => {
    const headers = { 'User-Agent': 'first' }
    const mfaId = await challenge(app, email)
    await app.post(`${users}/auth-with-totp`, { mfaId, code: await codeOf(phone) }, { headers })
    later(60)
    const before = app.mailbox.mails.length

    const again = await challenge(app, email)
    const body = { mfaId: again, code: await codeOf(phone) }
    await app.post(`${users}/auth-with-totp`, body, { headers: { 'User-Agent': 'second' } })

    expect(app.mailbox.mails.slice(before).map(({ subject }) => subject)).toEqual([
      'Login from a new location',
    ])
  })
})

describe('every way to sign in', () => {
  it('asks for the second factor after a one-time code', async ({ expect }) => {
    await configure({ otp: { enabled: true }, security: { mfa: { methods: ['totp'] } } })
    // A proof of the address would otherwise remove what others may have prepared.
    await bindings.DB.exec('UPDATE "users" SET "verified" = 1')
    const code = await requestCode(app, email)

    const { status, body } = await app.post(`${users}/auth-with-otp`, code)

    expect(status).toBe(401)
    expect(body).toEqual({ mfaId: expect.any(String), methods: ['totp'] })
    const { mfaId } = body as { mfaId: string }
    const signedIn = await answer(mfaId, await codeOf(phone))
    expect(claimsOf(signedIn)['amr']).toEqual(['otp', 'totp'])
  })

  it('asks for the second factor after a provider', async ({ expect }) => {
    await bindings.DB.exec('UPDATE "users" SET "verified" = 1')
    const provider = createFakeProvider()
    vi.stubGlobal('fetch', provider.fetch)
    await acceptFakeProvider(app, superuser.token)
    const code = provider.codeFor({ sub: 'provider-ada', email, email_verified: true })

    const { status, body } = await signInWithCode(app, code)

    expect(status).toBe(401)
    expect(body).toEqual({
      mfaId: expect.any(String),
      methods: ['totp', 'recovery', 'password'],
    })
  })

  it('asks for the second factor after a reset of the password', async ({ expect }) => {
    await app.post(`${users}/request-password-reset`, { email })
    const token = /confirm-password-reset\/([\w.-]+)/.exec(app.mailbox.last().html)?.[1] ?? ''
    const fresh = 'another-battery-staple'
    const reset = { token, password: fresh, passwordConfirm: fresh }
    expect((await app.post(`${users}/confirm-password-reset`, reset)).status).toBe(204)

    const signIn = { identity: email, password: fresh }
    expect((await app.post(`${users}/auth-with-password`, signIn)).status).toBe(401)
  })

  it('refuses a second factor that the options do not list', async ({ expect }) => {
    await configure({ otp: { enabled: true }, security: { mfa: { methods: ['totp'] } } })
    await bindings.DB.exec('UPDATE "users" SET "verified" = 1')
    const mfaId = await challenge(app, email)

    const code = await requestCode(app, email)
    const { status, body } = await app.post(`${users}/auth-with-otp`, { ...code, mfaId })

    expect(status).toBe(400)
    expect(body).toMatchObject({ message: 'A different authentication method is required.' })
  })
})

describe('a code', () => {
  it('is accepted once', async ({ expect }) => {
    const code = await codeOf(phone)
    expect((await answer(await challenge(app, email), code)).status).toBe(200)

    expect((await answer(await challenge(app, email), code)).body).toEqual(failed)
  })

  it('is accepted once among 30 requests for as many challenges at the same time', async ({
    expect,
  }) => {
    const challenges: string[] = []
    for (let n = 0; n < 30; n++) challenges.push(await challenge(app, email))
    const code = await codeOf(phone)

    const answers = await Promise.all(challenges.map((mfaId) => answer(mfaId, code)))

    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(29)
  })

  it('completes one of 30 requests for the same challenge', async ({ expect }) => {
    const mfaId = await challenge(app, email)
    const code = await codeOf(phone)

    const answers = await Promise.all(Array.from({ length: 30 }, () => answer(mfaId, code)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(29)
  })

  it('of an earlier step is not accepted after that of a later one', async ({ expect }) => {
    const earlier = await codeOf(phone, -1)
    await answer(await challenge(app, email), await codeOf(phone))

    expect((await answer(await challenge(app, email), earlier)).body).toEqual(failed)
  })

  it('of another account is not accepted', async ({ expect }) => {
    await enrol(app, await signUp(app, 'bob@example.com'))
    later(60)

    const mfaId = await challenge(app, 'bob@example.com')

    expect((await answer(mfaId, await codeOf(phone))).body).toEqual(failed)
  })

  it('is not accepted for the challenge of another collection', async ({ expect }) => {
    const staff = { name: 'staff', type: 'auth', security: { totp: { enabled: true } } }
    await createCollections(app, superuser.token, staff)
    const mfaId = await challenge(app, email)

    const { status, body } = await answer(mfaId, await codeOf(phone), 'staff')

    expect(status).toBe(400)
    expect(body).toMatchObject({ message: 'Invalid MFA session.' })
  })

  it('is not accepted without a challenge, or with one that never was', async ({ expect }) => {
    const code = await codeOf(phone)

    expect((await answer('', code)).body).toMatchObject({
      data: { mfaId: { code: 'validation_required' } },
    })
    expect((await answer('abcdefghijklmno', code)).body).toEqual(expired)
    expect((await answer('x'.repeat(300), code)).status).toBe(400)
  })

  it('is not accepted for a challenge that has expired', async ({ expect }) => {
    const mfaId = await challenge(app, email)

    later(601)

    expect((await answer(mfaId, await codeOf(phone))).body).toEqual(expired)
  })

  it('never begins a sign-in, not even where no second factor is wanted any more', async ({
    expect,
  }) => {
    await configure({ security: { mfa: { enrolled: 'off' } } })

    expect((await answer('abcdefghijklmno', await codeOf(phone))).body).toEqual(expired)
  })

  it('is read with spaces', async ({ expect }) => {
    const code = await codeOf(phone)

    const spaced = ` ${code.slice(0, 3)} ${code.slice(3)}`

    expect((await answer(await challenge(app, email), spaced)).status).toBe(200)
  })
})

describe('guessing', () => {
  it('ends a challenge with the sixth code, even the right one', async ({ expect }) => {
    const mfaId = await challenge(app, email)
    const wrong = await wrongCodeOf(phone)
    for (let n = 0; n < 5; n++) expect((await answer(mfaId, wrong)).body).toEqual(failed)

    expect((await answer(mfaId, await codeOf(phone))).body).toEqual(expired)
    expect((await answer(await challenge(app, email), await codeOf(phone))).status).toBe(200)
  })

  it('ends a challenge for every method', async ({ expect }) => {
    await configure({ otp: { enabled: true } })
    await bindings.DB.exec('UPDATE "users" SET "verified" = 1')
    const mfaId = await challenge(app, email)
    const wrong = await wrongCodeOf(phone)
    for (let n = 0; n < 6; n++) await answer(mfaId, wrong)

    const code = await requestCode(app, email)
    expect((await app.post(`${users}/auth-with-otp`, { ...code, mfaId })).body).toEqual(expired)
  })

  it('gets five tries for a challenge among 30 at the same time', async ({ expect }) => {
    const mfaId = await challenge(app, email)
    const wrong = await wrongCodeOf(phone)

    const answers = await Promise.all(Array.from({ length: 30 }, () => answer(mfaId, wrong)))

    const messages = answers.map(({ body }) => (body as { message: string }).message)
    expect(messages.filter((message) => message === failed.message)).toHaveLength(5)
    expect(await failures()).toBe(5)
  })

  it('is forgotten after a right code', async ({ expect }) => {
    await answer(await challenge(app, email), await wrongCodeOf(phone))
    expect(await failures()).toBe(1)

    await answer(await challenge(app, email), await codeOf(phone))

    expect(await failures()).toBe(0)
  })

  it('is reported to the owner at the tenth try, and suspends the authenticator at the fiftieth', async ({
    expect,
  }) => {
    await configure({ otp: { enabled: true } })
    await bindings.DB.exec('UPDATE "users" SET "verified" = 1')
    const wrong = await wrongCodeOf(phone)
    const before = app.mailbox.mails.length
    for (let n = 0; n < 10; n++) {
      const mfaId = await challenge(app, email)
      for (let tries = 0; tries < 5; tries++) await answer(mfaId, wrong)
    }

    const subjects = app.mailbox.mails.slice(before).map(({ subject }) => subject)
    expect(subjects).toEqual([
      'Wrong codes for your Acme account',
      'The authenticator of your Acme account is suspended',
    ])
    expect(app.mailbox.last().to).toEqual([{ name: '', address: email }])

    // The right code is not accepted, and no longer offered.
    const asked = await withPassword()
    expect(asked.body).toMatchObject({ methods: ['recovery', 'otp'] })
    const { mfaId } = asked.body as { mfaId: string }
    expect((await answer(mfaId, await codeOf(phone))).body).toEqual(failed)

    // The owner signs in by another method.
    const code = await requestCode(app, email)
    expect((await app.post(`${users}/auth-with-otp`, { ...code, mfaId })).status).toBe(200)
    later(60)
    expect((await answer(await challenge(app, email), await codeOf(phone))).status).toBe(200)
  })

  it('cannot be forgiven by a sign-in with the password alone', async ({ expect }) => {
    await configure({ security: { mfa: { enrolled: 'off' } } })
    await bindings.DB.exec('UPDATE "_totps" SET "failures" = 50')

    expect((await withPassword()).status).toBe(200)

    expect(await failures()).toBe(50)
  })

  it('is delayed by account, whichever challenges it is for', async ({ expect }) => {
    // Far above what the test needs: only the account's own limit can apply.
    const rules = [{ label: '*:auth', audience: '', duration: 1, maxRequests: 10_000 }]
    const limits = { rateLimits: { enabled: true, rules } }
    const { status } = await app.patch('/api/settings', limits, { token: superuser.token })
    expect(status).toBe(200)
    const wrong = await wrongCodeOf(phone)
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) {
      const mfaId = await challenge(app, email)
      for (let tries = 0; tries < 5; tries++) statuses.push((await answer(mfaId, wrong)).status)
    }

    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400))
    expect(statuses.slice(10)).toContain(429)
  })
})

describe('a seed', () => {
  it('is never shown again, and is stored sealed', async ({ expect }) => {
    const { body } = await app.get(`${users}/factors`, { token: phone.owner.token })
    const row = await bindings.DB.prepare('SELECT * FROM "_totps"').first()

    expect(JSON.stringify(body)).not.toContain(phone.secret)
    expect(JSON.stringify(row)).not.toContain(phone.secret)
    expect(row?.['secret']).toMatch(/^enc:v1:/)
  })

  it('that no key opens lets no client in', async ({ expect }) => {
    const other = createTestApp({ SETTINGS_KEY: 'another key'.padEnd(32, '.') })
    const mfaId = await challenge(app, email)

    const code = await codeOf(phone)
    const refused = await other.post(`${users}/auth-with-totp`, { mfaId, code })

    expect(refused.status).toBe(503)
    expect(
      (await other.post(`${users}/auth-with-password`, { identity: email, password })).status,
    ).toBe(401)
  })

  it('does not open in the row of another account', async ({ expect }) => {
    const bob = await enrol(app, await signUp(app, 'bob@example.com'))
    later(60)
    await bindings.DB.prepare(
      'UPDATE "_totps" SET "secret" = (SELECT "secret" FROM "_totps" WHERE "id" = ?) WHERE "id" = ?',
    )
      .bind(phone.id, bob.id)
      .run()

    const mfaId = await challenge(app, 'bob@example.com')

    expect((await answer(mfaId, await codeOf(phone))).status).toBe(503)
  })

  it('and codes are in no log entry', async ({ expect }) => {
    await app.patch('/api/settings', { logs: { minLevel: -4 } }, { token: superuser.token })
    const begun = await app.post(`${users}/factors/totp`, {}, { token: phone.owner.token })
    const { secret } = begun.body as { secret: string }
    const code = await codeOf(phone)
    await answer(await challenge(app, email), code)
    await answer(await challenge(app, email), code)
    await app.writeLogs()

    const { results } = await bindings.DB.prepare('SELECT * FROM "_logs"').all()
    const text = JSON.stringify(results)
    expect(text).toContain('auth-with-totp')
    expect(text).not.toContain(secret)
    expect(text).not.toMatch(new RegExp(`\\b${code}\\b`))
  })
})

describe('accounts without an authenticator', () => {
  it('are challenged as ever, where the collection has none of these options', async ({
    expect,
  }) => {
    await configure({ security: null, otp: { enabled: true }, mfa: { enabled: true } })

    const response = await app.fetch(`http://127.0.0.1:8787${users}/auth-with-password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ identity: email, password }),
    })

    expect(await response.text()).toMatch(/^\{"mfaId":"[a-z0-9]{15}"\}$/)
  })

  it('are listed in auth-methods only where they can have one', async ({ expect }) => {
    expect((await app.get(`${users}/auth-methods`)).body).toMatchObject({ totp: { enabled: true } })

    await configure({ security: null })

    expect((await app.get(`${users}/auth-methods`)).body).not.toHaveProperty('totp')
  })
})
