import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import { requestCode, tamperedTexts, wrongCode } from '../../support/one-time-codes.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/auth-with-otp'
const email = 'ada@example.com'
const invalid = { data: {}, message: 'Invalid or expired OTP.', status: 400 }

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email, { name: 'Ada' })
  await configure({ otp: { enabled: true } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function configure(change: Readonly<Record<string, unknown>>): Promise<void> {
  await changeCollection(app, superuser.token, 'users', change)
}

async function withoutLimits(): Promise<void> {
  const change = { rateLimits: { enabled: false } }
  await app.patch('/api/settings', change, { token: superuser.token })
}

function pass(milliseconds: number): void {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] })
}

function account(): Promise<Record<string, unknown> | null> {
  return bindings.DB.prepare('SELECT * FROM "users" WHERE "id" = ?').bind(ada.id).first()
}

async function count(table: string): Promise<number | null> {
  return await bindings.DB.prepare(`SELECT count(*) AS n FROM "${table}"`).first('n')
}

async function verify(): Promise<void> {
  const record = `/api/collections/users/records/${ada.id}`
  await app.patch(record, { verified: true }, { token: superuser.token })
}

async function linkProvider(): Promise<void> {
  await app.post(
    '/api/collections/_externalAuths/records',
    { collectionRef: '_pb_users_auth_', recordRef: ada.id, provider: 'google', providerId: '1' },
    { token: superuser.token },
  )
}

describe('POST /api/collections/{c}/auth-with-otp', () => {
  it('signs in with the mailed code', async ({ expect }) => {
    const code = await requestCode(app, email)

    const { status, body } = await app.post(`${path}?expand=`, code)

    const { record, token } = body as { record: object; token: string }
    expect(status).toBe(200)
    expect(Object.keys(body as object)).toEqual(['record', 'token'])
    expect(record).toMatchObject({ id: ada.id, email, verified: true })
    const refreshed = await app.post('/api/collections/users/auth-refresh', undefined, { token })
    expect(refreshed.status).toBe(200)
  })

  it('takes two batches, whatever it changes', async ({ expect }) => {
    const first = await app.post(path, await requestCode(app, email))
    const second = await app.post(path, await requestCode(app, email))

    const trips = '2 batches, 0 reads, 1 write'
    expect([tripsOf(first), tripsOf(second)]).toEqual([trips, trips])
  })

  it('uses the code up', async ({ expect }) => {
    const code = await requestCode(app, email)
    await app.post(path, code)

    const replay = await app.post(path, code)

    expect(replay.body).toEqual(invalid)
    expect(await count('_otps')).toBe(0)
  })

  it('accepts the right code after a wrong one', async ({ expect }) => {
    const code = await requestCode(app, email)

    const wrong = await app.post(path, { ...code, password: wrongCode(code.password) })
    const right = await app.post(path, code)

    expect(wrong.body).toEqual(invalid)
    expect(right.status).toBe(200)
  })

  it('accepts one of two concurrent uses of a code', async ({ expect }) => {
    await withoutLimits()
    const code = await requestCode(app, email)

    const answers = await Promise.all(Array.from({ length: 5 }, () => app.post(path, code)))

    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
      '200',
      '400',
      '400',
      '400',
      '400',
    ])
    expect(await count('_sign_in_outcome')).toBe(0)
  })

  it('refuses a code with any bit flipped, and an id', async ({ expect }) => {
    await withoutLimits()
    const code = await requestCode(app, email)
    const attempts = [
      ...tamperedTexts(code.password).map((tampered) => ({ ...code, password: tampered })),
      ...tamperedTexts(code.otpId).map((tampered) => ({ ...code, otpId: tampered })),
      { ...code, password: `${code.password}0` },
      { ...code, password: code.password.slice(1) },
    ]

    for (const [i, attempt] of attempts.entries()) {
      const headers = { 'CF-Connecting-IP': `203.0.113.${i}` }
      const answer = await app.post(path, attempt, { headers })
      expect(answer.body, JSON.stringify(attempt)).toEqual(invalid)
    }
  })

  it('refuses a row whose hash has any bit flipped', async ({ expect }) => {
    await withoutLimits()
    const code = await requestCode(app, email)
    const hash = await bindings.DB.prepare('SELECT "password" FROM "_otps"').first('password')

    // Decoders ignore bits of the last two characters.
    for (const [i, tampered] of tamperedTexts(String(hash)).slice(0, -2).entries()) {
      await bindings.DB.prepare('UPDATE "_otps" SET "password" = ?').bind(tampered).run()
      const headers = { 'CF-Connecting-IP': `203.0.113.${i}` }
      const answer = await app.post(path, code, { headers })
      expect(answer.body, tampered).toEqual(invalid)
    }
  })

  it('refuses an expired code', async ({ expect }) => {
    const code = await requestCode(app, email)

    pass(181_000)
    const late = await app.post(path, code)

    expect(late.body).toEqual(invalid)
  })

  it('rejects a code after the lifetime was shortened', async ({ expect }) => {
    const code = await requestCode(app, email)
    await configure({ otp: { duration: 10 } })

    pass(11_000)
    const late = await app.post(path, code)

    expect(late.body).toEqual(invalid)
  })

  it("refuses another collection's code", async ({ expect }) => {
    await createCollections(app, superuser.token, {
      name: 'members',
      type: 'auth',
      otp: { enabled: true },
    })
    await app.post('/api/collections/members/records', {
      email,
      password,
      passwordConfirm: password,
    })
    const code = await requestCode(app, email)

    const elsewhere = await app.post('/api/collections/members/auth-with-otp', code)
    const here = await app.post(path, code)

    expect(elsewhere.body).toEqual(invalid)
    expect(here.status).toBe(200)
  })

  it('rejects the code of a deleted account', async ({ expect }) => {
    const code = await requestCode(app, email)
    await bindings.DB.prepare('DELETE FROM "users" WHERE "id" = ?').bind(ada.id).run()

    const answer = await app.post(path, code)

    expect(answer.body).toEqual(invalid)
  })

  it('rejects codes from before a password change', async ({ expect }) => {
    const code = await requestCode(app, email)
    await app.patch(
      `/api/collections/users/records/${ada.id}`,
      { password: 'another-password', passwordConfirm: 'another-password' },
      { token: superuser.token },
    )

    const answer = await app.post(path, code)

    expect(answer.body).toEqual(invalid)
    expect(await count('_otps')).toBe(0)
  })

  it('is rejected for collections without codes', async ({ expect }) => {
    const code = await requestCode(app, email)
    await configure({ otp: { enabled: false } })

    const answer = await app.post(path, code)

    expect(answer.body).toEqual({
      data: {},
      message: 'The collection is not configured to allow OTP authentication.',
      status: 403,
    })
  })

  const outOfRange = 'validation_length_out_of_range'
  const faults = [
    {
      name: 'blank values',
      body: {},
      codes: { otpId: 'validation_required', password: 'validation_required' },
    },
    {
      name: 'values that are too long',
      body: { otpId: 'a'.repeat(256), password: '1'.repeat(72) },
      codes: { otpId: outOfRange, password: outOfRange },
    },
  ]
  it.for(faults)('refuses $name', async ({ body, codes }, { expect }) => {
    const answer = await app.post(path, body)

    expect(answer.status).toBe(400)
    expect(codesOf(answer)).toEqual(codes)
  })

  it('evaluates the auth rule with the context of codes, and uses the code up anyway', async ({
    expect,
  }) => {
    await configure({ authRule: "@request.context != 'otp'" })
    const code = await requestCode(app, email)

    const first = await app.post(path, code)
    const second = await app.post(path, code)

    expect(first.body).toEqual({
      data: {},
      message: "The request doesn't satisfy the collection requirements to authenticate.",
      status: 403,
    })
    expect(second.body).toEqual(invalid)
  })

  it('evaluates the auth rule for an account that the code has just verified', async ({
    expect,
  }) => {
    await configure({ authRule: 'verified = true' })

    const answer = await app.post(path, await requestCode(app, email))

    expect(answer.status).toBe(200)
  })

  it('accepts a code that a superuser stored', async ({ expect }) => {
    const { body } = await app.post(
      '/api/collections/_otps/records',
      { collectionRef: '_pb_users_auth_', recordRef: ada.id, password: '123456' },
      { token: superuser.token },
    )
    const { id: otpId } = body as { id: string }

    const wrong = await app.post(path, { otpId, password: '123457' })
    const right = await app.post(path, { otpId, password: '123456' })

    expect([wrong.status, right.status]).toEqual([400, 200])
    expect(await account()).toMatchObject({ verified: 0 })
  })
})

describe('attempts at codes', () => {
  const tooMany = {
    data: {},
    message: 'Too many attempts, please try again later with a new OTP.',
    status: 429,
  }

  function attempt(otpId: string, ip = '203.0.113.1', code = '0'): Promise<Answer> {
    return app.post(path, { otpId, password: code }, { headers: { 'CF-Connecting-IP': ip } })
  }

  async function statuses(attempts: readonly (() => Promise<Answer>)[]): Promise<number[]> {
    const found: number[] = []
    for (const each of attempts) found.push((await each()).status)
    return found
  }

  beforeEach(withoutLimits)

  it('are limited to five in three minutes, even without other limits', async ({ expect }) => {
    const code = await requestCode(app, email)

    const found = await statuses(Array.from({ length: 5 }, () => () => attempt(code.otpId)))
    const sixth = await attempt(code.otpId, '203.0.113.1', code.password)

    expect(found).toEqual([400, 400, 400, 400, 400])
    expect(sixth.body).toEqual(tooMany)
    expect(Number(sixth.headers.get('Retry-After'))).toBeGreaterThan(170)
  })

  it('are limited to five if they are concurrent', async ({ expect }) => {
    const { otpId } = await requestCode(app, email)

    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt(otpId)))

    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
  })

  it('are counted over all codes of an account', async ({ expect }) => {
    const codes = [await requestCode(app, email), await requestCode(app, email)]

    const found = await statuses(
      [0, 1, 0, 1, 0, 1].map((i) => () => attempt(codes[i]?.otpId ?? '')),
    )

    expect(found).toEqual([400, 400, 400, 400, 400, 429])
  })

  it('include successful ones', async ({ expect }) => {
    for (let i = 0; i < 5; i++) await app.post(path, await requestCode(app, email))

    const sixth = await app.post(path, await requestCode(app, email))

    expect(sixth.body).toEqual(tooMany)
  })

  it('are counted per network', async ({ expect }) => {
    const code = await requestCode(app, email)
    await statuses(Array.from({ length: 6 }, () => () => attempt(code.otpId)))

    const elsewhere = await attempt(code.otpId, '198.51.100.1', code.password)

    expect(elsewhere.status).toBe(200)
  })

  it('are allowed again after the time', async ({ expect }) => {
    await configure({ otp: { duration: 600 } })
    const code = await requestCode(app, email)
    await statuses(Array.from({ length: 6 }, () => () => attempt(code.otpId)))

    pass(181_000)
    const later = await attempt(code.otpId, '203.0.113.1', code.password)

    expect(later.status).toBe(200)
  })

  // Guards against finding out who has an account from the ids of codes.
  it('are limited alike for codes of unknown addresses', async ({ expect }) => {
    async function statusesFor(address: string, ip: string): Promise<number[]> {
      const ids: string[] = []
      for (let i = 0; i < 2; i++) {
        const { body } = await app.post('/api/collections/users/request-otp', { email: address })
        ids.push((body as { otpId: string }).otpId)
      }
      return await statuses([0, 1, 0, 1, 0, 1].map((i) => () => attempt(ids[i] ?? '', ip)))
    }

    const unknown = await statusesFor('nobody@example.com', '203.0.113.2')
    const known = await statusesFor(email, '203.0.113.3')

    expect(unknown).toEqual(known)
    expect(known).toEqual([400, 400, 400, 400, 400, 429])
  })

  it('take the same trips and hashes for missing codes', async ({ expect }) => {
    const { otpId } = await requestCode(app, email)
    const verifications = vi.spyOn(crypto.subtle, 'verify')
    async function workFor(id: string): Promise<unknown> {
      verifications.mockClear()
      const answer = await attempt(id)
      return { body: answer.body, trips: tripsOf(answer), hashes: verifications.mock.calls.length }
    }

    const known = await workFor(otpId)
    const unknown = await workFor('missing00000000')

    expect(known).toEqual({ body: invalid, trips: '1 batch, 0 reads, 0 writes', hashes: 1 })
    expect(unknown).toEqual(known)
  })
})

describe('verifying an address with a code', () => {
  it('verifies the account and removes its password', async ({ expect }) => {
    await app.post(path, await requestCode(app, email))

    const withPassword = await app.post('/api/collections/users/auth-with-password', {
      identity: email,
      password,
    })
    expect(await account()).toMatchObject({ verified: 1 })
    expect(withPassword.status).toBe(400)
  })

  // The pre-hijacking attack: an attacker registers with a victim's address, and waits.
  it('ends the sessions and removes the links of the previous user', async ({ expect }) => {
    await linkProvider()

    await app.post(path, await requestCode(app, email))

    const before = await app.get(`/api/collections/users/records/${ada.id}`, { token: ada.token })
    expect(before.status).toBe(404)
    expect(await count('_externalAuths')).toBe(0)
  })

  it('ends even the session that sends the code', async ({ expect }) => {
    const code = await requestCode(app, email)

    await app.post(path, code, { token: ada.token })

    const before = await app.get(`/api/collections/users/records/${ada.id}`, { token: ada.token })
    expect(before.status).toBe(404)
  })

  it('keeps the password if it is the other factor', async ({ expect }) => {
    await configure({ mfa: { enabled: true } })
    const before = await account()

    await app.post(path, await requestCode(app, email))

    expect(await account()).toEqual({ ...before, verified: 1, updated: expect.any(String) })
  })

  it('changes nothing in a verified account', async ({ expect }) => {
    await linkProvider()
    await bindings.DB.prepare('UPDATE "users" SET "verified" = 1').run()
    const before = await account()

    await app.post(path, await requestCode(app, email))

    expect(await account()).toEqual(before)
    expect(await count('_externalAuths')).toBe(1)
  })

  it('does not happen for a code sent to another address', async ({ expect }) => {
    const code = await requestCode(app, email)
    await bindings.DB.prepare(`UPDATE "_otps" SET "sentTo" = 'other@example.com'`).run()
    const before = await account()

    const answer = await app.post(path, code)

    expect(answer.status).toBe(200)
    expect(await account()).toEqual(before)
  })

  it('removes a password whatever the field’s rules', async ({ expect }) => {
    const { body } = await app.get('/api/collections/users', { token: superuser.token })
    const { fields } = body as { fields: { name: string }[] }
    const strict = fields.map((field) =>
      field.name === 'password' ? { ...field, pattern: '^\\d+$', max: 20 } : field,
    )
    await configure({ fields: strict })

    const answer = await app.post(path, await requestCode(app, email))

    expect(answer.status).toBe(200)
  })

  it('waits for the owner: verification alone keeps other codes valid', async ({ expect }) => {
    await verify()
    const codes = [await requestCode(app, email), await requestCode(app, email)]

    const first = await app.post(path, codes[0])
    const second = await app.post(path, codes[1])

    expect([first.status, second.status]).toEqual([200, 200])
  })
})
