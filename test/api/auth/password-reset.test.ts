import { describe, it, vi } from 'vitest'
import {
  insertSuperuser,
  password,
  type SignedIn,
  signInSuperuser,
  signUp,
} from '../../support/accounts.ts'
import { claimsOf, tokenIn } from '../../support/account-tokens.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const request = `${users}/request-password-reset`
const confirm = `${users}/confirm-password-reset`
const email = 'ann@example.com'
const next = 'another-long-password'
const chosen = { password: next, passwordConfirm: next }

async function createWorld(): Promise<{ app: TestApp; ann: SignedIn }> {
  const app = createTestApp()
  return { app, ann: await signUp(app, email) }
}

async function mailedToken(app: TestApp): Promise<string> {
  await app.post(request, { email })
  return tokenIn(app.mailbox.last())
}

function signInWith(app: TestApp, word: string): Promise<Answer> {
  return app.post(`${users}/auth-with-password`, { identity: email, password: word })
}

describe('a request for a password reset', () => {
  it('mails a link whose token is of the account', async ({ expect }) => {
    const { app, ann } = await createWorld()

    const answer = await app.post(request, { email })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    expect(app.mailbox.last().to).toEqual([{ name: '', address: email }])
    expect(claimsOf(tokenIn(app.mailbox.last()))).toEqual({
      collectionId: '_pb_users_auth_',
      email,
      exp: expect.closeTo(Date.now() / 1000 + 1800, -2),
      id: ann.id,
      type: 'passwordReset',
    })
  })

  it('works for superusers', async ({ expect }) => {
    const app = createTestApp()
    await insertSuperuser()
    const superusers = '/api/collections/_superusers'

    await app.post(`${superusers}/request-password-reset`, { email: 'admin@example.com' })
    const token = tokenIn(app.mailbox.last())
    const answer = await app.post(`${superusers}/confirm-password-reset`, { token, ...chosen })
    const signedIn = await app.post(`${superusers}/auth-with-password`, {
      identity: 'admin@example.com',
      password: next,
    })

    expect([answer.status, signedIn.status]).toEqual([204, 200])
  })

  it('sends no mail to an unknown address', async ({ expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(request, { email: 'nobody@example.com' })

    expect(answer.status).toBe(204)
    expect(app.mailbox.mails).toEqual([])
  })

  it('mails once in two minutes, and again once the password was reset', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    await app.post(request, { email })
    const paused = app.mailbox.mails.length
    await app.post(confirm, { token, ...chosen })

    await app.post(request, { email })

    expect([paused, app.mailbox.mails.length]).toEqual([1, 2])
  })

  it('has a separate cooldown from verification', async ({ expect }) => {
    const { app } = await createWorld()

    await app.post(request, { email })
    await app.post(`${users}/request-verification`, { email })

    expect(app.mailbox.mails.map((mail) => claimsOf(tokenIn(mail))['type'])).toEqual([
      'passwordReset',
      'verification',
    ])
  })

  it('is rejected if passwords are not used', async ({ expect }) => {
    const { app } = await createWorld()
    const admin = await signInSuperuser(app)
    await changeCollection(app, admin.token, 'users', { passwordAuth: { enabled: false } })

    const answer = await app.post(request, { email })

    expect(answer.body).toEqual({
      data: {},
      message: 'The collection is not configured to allow password authentication.',
      status: 400,
    })
  })

  it.for([
    ['a missing address', {}, 'validation_required'],
    ['no address', { email: 'ann' }, 'validation_is_email'],
  ] as const)('refuses %s', async ([, body, code], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(request, body)

    expect(codesOf(answer)).toEqual({ email: code })
  })
})

describe('a confirmed reset', () => {
  it('changes the password and ends every session', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)

    const answer = await app.post(confirm, { token, ...chosen }, { token: ann.token })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    const refreshed = await app.post(`${users}/auth-refresh`, {}, { token: ann.token })
    const [old, now] = [await signInWith(app, password), await signInWith(app, next)]
    expect([refreshed.status, old.status, now.status]).toEqual([401, 400, 200])
  })

  it('marks the address as verified', async ({ expect }) => {
    const { app } = await createWorld()

    await app.post(confirm, { token: await mailedToken(app), ...chosen })

    const { body } = await signInWith(app, next)
    expect(body).toMatchObject({ record: { verified: true } })
  })

  it('deletes one-time codes, challenges and auth origins', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const owner = `'_pb_users_auth_', '${ann.id}', '', ''`
    await bindings.DB.batch(
      [
        `DELETE FROM "_authOrigins"`,
        `INSERT INTO "_otps" ("id", "collectionRef", "recordRef", "created", "updated") VALUES ('a', ${owner})`,
        `INSERT INTO "_mfas" ("id", "collectionRef", "recordRef", "created", "updated", "method") VALUES ('a', ${owner}, 'otp')`,
        `INSERT INTO "_authOrigins" ("id", "collectionRef", "recordRef", "created", "updated", "fingerprint") VALUES ('a', ${owner}, 'x')`,
      ].map((text) => bindings.DB.prepare(text)),
    )

    await app.post(confirm, { token: await mailedToken(app), ...chosen })

    const left = await bindings.DB.prepare(
      `SELECT (SELECT count(*) FROM "_otps") + (SELECT count(*) FROM "_mfas") + (SELECT count(*) FROM "_authOrigins") AS "n"`,
    ).first('n')
    expect(left).toBe(0)
  })

  it('works once: the token is invalid with the new token key', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    await app.post(confirm, { token, ...chosen })

    const again = await app.post(confirm, { token, ...chosen })

    expect(codesOf(again)).toEqual({ token: 'validation_invalid_token' })
  })

  it('accepts one of two concurrent ones', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    const words = ['first-long-password', 'second-long-password']

    const answers = await Promise.all(
      words.map((word) =>
        createTestApp().post(confirm, { token, password: word, passwordConfirm: word }),
      ),
    )

    const winner = answers.findIndex(({ status }) => status === 204)
    const loser = answers[1 - winner]
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 400])
    expect(loser && codesOf(loser)).toEqual({ token: 'validation_invalid_token' })
    expect((await signInWith(app, words[winner] ?? '')).status).toBe(200)
  })

  it('also works if passwords are no longer used', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    const admin = await signInSuperuser(app)
    await changeCollection(app, admin.token, 'users', { passwordAuth: { enabled: false } })

    expect((await app.post(confirm, { token, ...chosen })).status).toBe(204)
  })

  it.for([
    {
      name: 'nothing at all',
      body: {},
      codes: {
        token: 'validation_required',
        password: 'validation_required',
        passwordConfirm: 'validation_required',
      },
    },
    {
      name: 'nonsense, with everything else that is wrong',
      body: { token: 'nonsense', password: 'short', passwordConfirm: 'other' },
      codes: {
        token: 'validation_invalid_token',
        password: 'validation_length_out_of_range',
        passwordConfirm: 'validation_values_mismatch',
      },
    },
  ])('refuses $name', async ({ body, codes }, { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(confirm, body)

    expect(answer.body).toMatchObject({
      message: 'An error occurred while validating the submitted data.',
    })
    expect(codesOf(answer)).toEqual(codes)
  })

  it('validates a password by the rules of its field', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    const long = 'x'.repeat(80)

    const answer = await app.post(confirm, { token, password: long, passwordConfirm: long })

    expect(answer.body).toMatchObject({ message: 'Failed to set new password.' })
    expect(codesOf(answer)).toEqual({ password: 'validation_invalid_value' })
    expect((await signInWith(app, password)).status).toBe(200)
  })

  it('does not verify an address set after the mail', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)
    await bindings.DB.prepare('UPDATE "users" SET "email" = ? WHERE "id" = ?')
      .bind('changed@example.com', ann.id)
      .run()

    const answer = await app.post(confirm, { token, ...chosen })

    const verified = await bindings.DB.prepare('SELECT "verified" FROM "users"').first('verified')
    expect([answer.status, verified]).toEqual([204, 0])
  })

  it('expires after half an hour', async ({ expect }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { app } = await createWorld()
      const token = await mailedToken(app)

      vi.advanceTimersByTime(1800_000)
      const answer = await app.post(confirm, { token, ...chosen })

      expect(codesOf(answer)).toEqual({ token: 'validation_invalid_token' })
    } finally {
      vi.useRealTimers()
    }
  })
})
