import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
import { requestCode, tamperedTexts } from '../../support/one-time-codes.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const passwordPath = '/api/collections/users/auth-with-password'
const otpPath = '/api/collections/users/auth-with-otp'
const email = 'ada@example.com'

const expired = { data: {}, message: 'Invalid or expired MFA session.', status: 400 }
const foreign = { data: {}, message: 'Invalid MFA session.', status: 400 }
const sameMethod = {
  data: {},
  message: 'A different authentication method is required.',
  status: 400,
}

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email, { name: 'Ada' })
  await signUp(app, 'bob@example.com')
  await configure({ otp: { enabled: true }, mfa: { enabled: true } })
  const limits = { rateLimits: { enabled: false } }
  await app.patch('/api/settings', limits, { token: superuser.token })
})
afterEach(() => {
  vi.useRealTimers()
})

async function configure(change: Readonly<Record<string, unknown>>): Promise<void> {
  await changeCollection(app, superuser.token, 'users', change)
}

function withPassword(mfaId?: string, identity = email): Promise<Answer> {
  return app.post(passwordPath, { identity, password, ...(mfaId === undefined ? {} : { mfaId }) })
}

async function withCode(mfaId?: string, address = email): Promise<Answer> {
  const code = await requestCode(app, address)
  return await app.post(otpPath, { ...code, ...(mfaId === undefined ? {} : { mfaId }) })
}

function challengeOf({ body }: Answer): string {
  return (body as { mfaId: string }).mfaId
}

async function challenges(): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare('SELECT * FROM "_mfas"').all()
  return results
}

function pass(milliseconds: number): void {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] })
}

describe('a first factor', () => {
  it('gets a challenge and no session', async ({ expect }) => {
    // Reading the changed catalog takes another trip.
    await app.get('/api/collections/users/auth-methods')
    const sessions = (await bindings.SESSIONS.list()).keys.length

    const answer = await withPassword()

    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ mfaId: expect.stringMatching(/^[a-z0-9]{15}$/) })
    expect(tripsOf(answer)).toBe('2 batches, 0 reads, 0 writes')
    expect(await challenges()).toEqual([
      {
        id: challengeOf(answer),
        collectionRef: '_pb_users_auth_',
        recordRef: ada.id,
        method: 'password',
        created: expect.any(String),
        updated: expect.any(String),
      },
    ])
    expect((await bindings.SESSIONS.list()).keys).toHaveLength(sessions)
  })

  it('is enough if the rule does not require more', async ({ expect }) => {
    await configure({ mfa: { rule: "email = 'bob@example.com'" } })

    const unasked = await withPassword()
    const asked = await withPassword(undefined, 'bob@example.com')

    expect([unasked.status, asked.status]).toEqual([200, 401])
  })

  it('is checked by the rule for the caller, including superusers', async ({ expect }) => {
    await configure({ mfa: { rule: '@request.auth.id = ""' } })
    const body = { identity: email, password }

    const guest = await app.post(passwordPath, body)
    const admin = await app.post(passwordPath, body, { token: superuser.token })
    await configure({ mfa: { rule: '' } })
    const adminToo = await app.post(passwordPath, body, { token: superuser.token })

    expect([guest.status, admin.status, adminToo.status]).toEqual([401, 200, 401])
  })

  it('is rejected if the rule has become invalid', async ({ expect }) => {
    await bindings.DB.prepare(
      `UPDATE "_collections" SET "options" = json_set("options", '$.mfa.rule', 'gone = 1') WHERE "name" = 'users'`,
    ).run()

    const answer = await createTestApp().post(passwordPath, { identity: email, password })

    expect(answer.body).toEqual({ data: {}, message: 'Failed to authenticate.', status: 400 })
  })

  it('comes after the auth rule', async ({ expect }) => {
    await configure({ authRule: 'verified = true' })

    const answer = await withPassword()

    expect(answer.status).toBe(403)
    expect(await challenges()).toEqual([])
  })

  it('that is wrong leaves no challenge', async ({ expect }) => {
    const answer = await app.post(passwordPath, { identity: email, password: 'wrong' })

    expect(answer.status).toBe(400)
    expect(await challenges()).toEqual([])
  })

  it('is no sign-in: it sends no alert and stores no origin', async ({ expect }) => {
    await withPassword()

    const before = await bindings.DB.prepare(
      'SELECT count(*) AS n FROM "_authOrigins" WHERE "recordRef" = ?',
    )
      .bind(ada.id)
      .first('n')
    await app.post(passwordPath, { identity: email, password }, { headers: { 'User-Agent': 'x' } })
    const after = await bindings.DB.prepare(
      'SELECT count(*) AS n FROM "_authOrigins" WHERE "recordRef" = ?',
    )
      .bind(ada.id)
      .first('n')

    expect(after).toBe(before)
    expect(app.mailbox.mails).toEqual([])
  })

  it('does not apply to refreshing a token', async ({ expect }) => {
    const renewed = await app.post('/api/collections/users/auth-refresh', undefined, {
      token: ada.token,
    })

    expect(renewed.status).toBe(200)
  })
})

describe('a second factor', () => {
  const pairs = [
    { name: 'a code after a password', first: withPassword, second: withCode },
    { name: 'a password after a code', first: withCode, second: withPassword },
  ]
  it.for(pairs)('signs in: $name', async ({ first, second }, { expect }) => {
    const challenge = await first()

    const answer = await second(challengeOf(challenge))

    expect(challenge.status).toBe(401)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ record: { id: ada.id }, token: expect.any(String) })
    expect(await challenges()).toEqual([])
  })

  it('has its challenge in the query or the body, with precedence for the query', async ({
    expect,
  }) => {
    const mfaId = challengeOf(await withPassword())
    const code = await requestCode(app, email)

    const wins = await app.post(`${otpPath}?mfaId=missing00000000`, { ...code, mfaId })
    const queried = await app.post(`${otpPath}?mfaId=${mfaId}`, await requestCode(app, email))

    expect(wins.body).toEqual(expired)
    expect(queried.status).toBe(200)
  })

  it('completes a challenge once', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword())
    await withCode(mfaId)

    const again = await withCode(mfaId)

    expect(again.body).toEqual(expired)
  })

  it('completes a challenge once if two are concurrent', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword())
    const codes = [await requestCode(app, email), await requestCode(app, email)]

    const answers = await Promise.all(codes.map((code) => app.post(otpPath, { ...code, mfaId })))

    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '400'])
    expect(await challenges()).toEqual([])
  })

  it('by the same method is rejected and keeps the challenge', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword())

    const same = await withPassword(mfaId)
    const other = await withCode(mfaId)

    expect(same.body).toEqual(sameMethod)
    expect(other.status).toBe(200)
  })

  it('that is too late is rejected, and its challenge removed', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword())

    pass(601_000)
    const late = await withCode(mfaId)

    expect(late.body).toEqual(expired)
    expect(await challenges()).toEqual([])
  })

  it("cannot complete another account's challenge", async ({ expect }) => {
    const mfaId = challengeOf(await withPassword(undefined, 'bob@example.com'))

    const stolen = await withCode(mfaId)
    const own = await withCode(mfaId, 'bob@example.com')

    expect(stolen.body).toEqual(foreign)
    expect(own.status).toBe(200)
  })

  it("cannot complete another collection's challenge", async ({ expect }) => {
    await createCollections(app, superuser.token, {
      name: 'members',
      type: 'auth',
      otp: { enabled: true },
      mfa: { enabled: true },
    })
    await app.post('/api/collections/members/records', {
      email,
      password,
      passwordConfirm: password,
    })
    const challenge = await app.post('/api/collections/members/auth-with-password', {
      identity: email,
      password,
    })

    const answer = await withCode(challengeOf(challenge))

    expect(challenge.status).toBe(401)
    expect(answer.body).toEqual(foreign)
  })

  it('with any bit of the challenge flipped is refused', async ({ expect }) => {
    const mfaId = challengeOf(await withCode())

    for (const tampered of tamperedTexts(mfaId)) {
      const answer = await withPassword(tampered)
      expect(answer.body, tampered).toEqual(expired)
    }
    expect(await challenges()).toHaveLength(1)
  })

  it('that is wrong keeps the challenge', async ({ expect }) => {
    const mfaId = challengeOf(await withCode())

    const wrong = await app.post(passwordPath, { identity: email, password: 'wrong', mfaId })

    expect(wrong.body).toMatchObject({ message: 'Failed to authenticate.' })
    expect(await challenges()).toHaveLength(1)
  })

  it('does not survive a change of the password', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword())
    await app.patch(
      `/api/collections/users/records/${ada.id}`,
      { password: 'another-password', passwordConfirm: 'another-password' },
      { token: superuser.token },
    )

    const answer = await withCode(mfaId)

    expect(answer.body).toEqual(expired)
  })

  it('is ignored if the rule requires none', async ({ expect }) => {
    const mfaId = challengeOf(await withPassword(undefined, 'bob@example.com'))
    await configure({ mfa: { rule: "email = 'bob@example.com'" } })

    const answer = await withCode(mfaId)

    expect(answer.status).toBe(200)
    expect(await challenges()).toHaveLength(1)
  })

  it('is required from superusers with codes', async ({ expect }) => {
    await changeCollection(app, superuser.token, '_superusers', { otp: { enabled: true } })
    const first = await app.post('/api/collections/_superusers/auth-with-password', {
      identity: 'admin@example.com',
      password,
    })
    const code = await requestCode(app, 'admin@example.com', '_superusers')

    const second = await app.post('/api/collections/_superusers/auth-with-otp', {
      ...code,
      mfaId: challengeOf(first),
    })

    expect(first.status).toBe(401)
    expect(second.status).toBe(200)
  })
})
