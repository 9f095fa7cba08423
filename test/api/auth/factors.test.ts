import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { decodeJwt } from 'jose'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import {
  beginEnrolment,
  challenge,
  codeOf,
  confirm,
  enrol,
  wrongCodeOf,
} from '../../support/authenticators.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const factors = `${users}/factors`
const email = 'ada@example.com'

const stepUpRequired = {
  status: 403,
  message: 'A recent sign-in is required.',
  data: {
    stepUp: {
      code: 'step_up_required',
      message: 'Prove who you are again.',
      params: { level: 1, maxAge: 600, methods: ['password'] },
    },
  },
}

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
})

async function configure(change: Readonly<Record<string, unknown>>): Promise<void> {
  await changeCollection(app, superuser.token, 'users', change)
}

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

/** Must have a second factor besides the password. */
async function demandFactor(): Promise<void> {
  await configure({ mfa: { enabled: true } })
}

function list(token: string, record?: string): Promise<Answer> {
  return app.get(record === undefined ? factors : `${factors}?record=${record}`, { token })
}

function answerTotp(mfaId: string, code: string): Promise<Answer> {
  return app.post(`${users}/auth-with-totp`, { mfaId, code })
}

function codesOf({ body }: Answer): string[] {
  return (body as { recoveryCodes: string[] }).recoveryCodes
}

function tokenOf({ body }: Answer): string {
  return (body as { token: string }).token
}

async function isSignedIn(token: string): Promise<boolean> {
  return (await app.get(`${users}/sessions`, { token })).status === 200
}

describe('enrolling', () => {
  it('gives a seed once, which does not count before a code of it was entered', async ({
    expect,
  }) => {
    const { status, body } = await app.post(`${factors}/totp`, { name: 'Phone' }, ada)

    expect(status).toBe(200)
    expect(body).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{15}$/),
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringMatching(/^otpauth:\/\/totp\/Acme:ada%40example\.com\?secret=/),
      digits: 6,
      period: 30,
      algorithm: 'SHA1',
    })
    expect((await list(ada.token)).body).toEqual({
      items: [
        {
          id: (body as { id: string }).id,
          type: 'totp',
          name: 'Phone',
          confirmed: false,
          synced: false,
          created: expect.any(String),
          lastUsed: '',
        },
      ],
      recoveryCodes: 0,
      required: false,
    })
    expect((await signIn(app, 'users', email)).token).toEqual(expect.any(String))
  })

  it('takes one batch, and confirming two', async ({ expect }) => {
    const begun = await app.post(`${factors}/totp`, {}, ada)
    expect(tripsOf(begun)).toBe('1 batch, 1 read, 0 writes')

    const done = await confirm(app, begun.body as { id: string; secret: string }, ada.token)
    expect(tripsOf(done)).toBe('2 batches, 1 read, 0 writes')
  })

  it('is confirmed by a code, with ten recovery codes and a token of the second level', async ({
    expect,
  }) => {
    const begun = await beginEnrolment(app, ada.token)

    const { status, body } = await confirm(app, begun, ada.token)

    expect(status).toBe(200)
    const { factor, recoveryCodes, record, token } = body as {
      factor: unknown
      recoveryCodes: string[]
      record: unknown
      token: string
    }
    expect(factor).toMatchObject({ id: begun.id, confirmed: true, lastUsed: expect.any(String) })
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(record).toMatchObject({ id: ada.id })
    expect(decodeJwt(token)).toMatchObject({
      sid: decodeJwt(ada.token)['sid'],
      amr: ['password', 'totp'],
      mfa_time: expect.any(Number),
    })
    expect((await list(token)).body).toMatchObject({ recoveryCodes: 10 })
    expect(app.mailbox.last().subject).toBe('An authenticator was added to your Acme account')
    expect(app.mailbox.last().to).toEqual([{ name: '', address: email }])
  })

  it('is not confirmed by a wrong code, nor by another account', async ({ expect }) => {
    const begun = await beginEnrolment(app, ada.token)
    const bob = await signUp(app, 'bob@example.com')
    const path = `${factors}/totp/${begun.id}/confirm`

    const wrong = await app.post(path, { code: await wrongCodeOf(begun) }, ada)
    const foreign = await app.post(path, { code: await codeOf(begun) }, bob)
    const guest = await app.post(path, { code: await codeOf(begun) })

    expect(wrong.status).toBe(400)
    expect(wrong.body).toMatchObject({ data: { code: { code: 'factor_code_invalid' } } })
    expect([foreign.status, guest.status]).toEqual([404, 401])
    expect((await list(ada.token)).body).toMatchObject({ items: [{ confirmed: false }] })
  })

  it('uses the code up, for signing in as well', async ({ expect }) => {
    const begun = await beginEnrolment(app, ada.token)
    const code = await codeOf(begun)
    await confirm(app, begun, ada.token)

    expect((await confirm(app, begun, ada.token)).status).toBe(404)
    expect((await answerTotp(await challenge(app, email), code)).status).toBe(400)
  })

  it('is confirmed once by 30 requests at the same time', async ({ expect }) => {
    const begun = await beginEnrolment(app, ada.token)

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => confirm(app, begun, ada.token)),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    const stored = await bindings.DB.prepare(
      'SELECT count(*) AS "n" FROM "_recovery_codes"',
    ).first()
    expect(stored).toEqual({ n: 10 })
  })

  it('expires after 15 minutes', async ({ expect }) => {
    const begun = await beginEnrolment(app, ada.token)
    later(16 * 60)

    expect((await confirm(app, begun, ada.token)).status).toBe(404)
    expect((await list(ada.token)).body).toMatchObject({ items: [] })
  })

  it('is refused where authenticators are disabled', async ({ expect }) => {
    await configure({ security: null })

    const { status, body } = await app.post(`${factors}/totp`, {}, ada)

    expect(status).toBe(403)
    expect(body).toMatchObject({
      message: 'The collection is not configured to allow authenticators.',
    })
  })

  it('is refused without a key that seals the seed', async ({ expect }) => {
    const keyless = createTestApp({ SETTINGS_KEY: undefined })

    const { status, body } = await keyless.post(`${factors}/totp`, {}, ada)

    expect(status).toBe(400)
    expect(body).toMatchObject({ data: { secret: { code: 'validation_settings_key_missing' } } })
  })

  it('stops at five authenticators, also for 30 requests at the same time', async ({ expect }) => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => app.post(`${factors}/totp`, {}, ada)),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
    expect((await app.post(`${factors}/totp`, {}, ada)).body).toMatchObject({
      message: 'The account has the maximum number of authenticators.',
    })
  })

  it('needs a recent proof of identity', async ({ expect }) => {
    later(601)

    expect((await app.post(`${factors}/totp`, {}, ada)).body).toEqual(stepUpRequired)
  })

  it('needs a recent second factor once there is one, even if that came meanwhile', async ({
    expect,
  }) => {
    const thief = await signIn(app, 'users', email)
    const begun = await beginEnrolment(app, thief.token)
    await enrol(app, ada)

    // The thief's own was begun while the account had none.
    const confirmed = await confirm(app, begun, thief.token)
    const again = await app.post(`${factors}/totp`, {}, thief)

    expect(confirmed.status).toBe(404)
    expect(again.status).toBe(403)
    expect(again.body).toMatchObject({
      data: { stepUp: { params: { level: 2, methods: ['totp', 'recovery'] } } },
    })
  })

  it('is refused in an impersonated session', async ({ expect }) => {
    const { body } = await app.post(`${users}/impersonate/${ada.id}`, {}, superuser)
    const { token } = body as { token: string }

    const refused = await app.post(`${factors}/totp`, {}, { token })

    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({ data: { stepUp: { params: { methods: [] } } } })
  })

  it('can end all other sessions', async ({ expect }) => {
    const other = await signIn(app, 'users', email)
    const begun = await beginEnrolment(app, ada.token)

    const body = { code: await codeOf(begun), endOtherSessions: true }
    const done = await app.post(`${factors}/totp/${begun.id}/confirm`, body, ada)

    expect(await isSignedIn(tokenOf(done))).toBe(true)
    expect(await isSignedIn(other.token)).toBe(false)
  })
})

describe('enrolling at sign-in', () => {
  async function asked(): Promise<Answer> {
    return await app.post(`${users}/auth-with-password`, { identity: email, password })
  }

  async function enrolAt(mfaId: string): Promise<{ id: string; secret: string }> {
    const { status, body } = await app.post(`${factors}/totp`, { mfaId })
    if (status !== 200) throw new Error(JSON.stringify(body))
    return body as { id: string; secret: string }
  }

  async function confirmAt(begun: { id: string; secret: string }, mfaId: string): Promise<Answer> {
    const body = { mfaId, code: await codeOf(begun) }
    return await app.post(`${factors}/totp/${begun.id}/confirm`, body)
  }

  it('completes the sign-in of an account that must have a factor and has none', async ({
    expect,
  }) => {
    await demandFactor()

    const { status, body } = await asked()
    expect(status).toBe(401)
    expect(body).toEqual({ mfaId: expect.any(String), methods: [], enrol: true })
    const { mfaId } = body as { mfaId: string }
    const done = await confirmAt(await enrolAt(mfaId), mfaId)

    expect(done.status).toBe(200)
    expect(codesOf(done)).toHaveLength(10)
    expect(Object.keys(done.body as object)).toEqual(['factor', 'recoveryCodes', 'record', 'token'])
    expect(decodeJwt(tokenOf(done))).toMatchObject({ amr: ['password', 'totp'] })
    expect(await isSignedIn(tokenOf(done))).toBe(true)
    expect((await list(tokenOf(done))).body).toMatchObject({ recoveryCodes: 10, required: true })
    expect(app.mailbox.last().subject).toBe('An authenticator was added to your Acme account')
  })

  it('is refused to an account with a factor', async ({ expect }) => {
    await demandFactor()
    const { mfaId } = (await asked()).body as { mfaId: string }
    await enrol(app, ada)

    expect((await app.post(`${factors}/totp`, { mfaId })).status).toBe(403)
  })

  it('is refused to an account that got a factor since it began', async ({ expect }) => {
    await demandFactor()
    const { mfaId } = (await asked()).body as { mfaId: string }
    const begun = await enrolAt(mfaId)
    const other = await asked()
    const otherId = (other.body as { mfaId: string }).mfaId
    const winner = await enrolAt(otherId)
    expect((await confirmAt(winner, otherId)).status).toBe(200)

    expect((await confirmAt(begun, mfaId)).status).toBe(404)
    expect((await list(superuser.token, ada.id)).body).toMatchObject({
      items: [{ id: winner.id }],
    })
  })

  it('lets one of 30 confirmations at the same time through', async ({ expect }) => {
    await demandFactor()
    const begun: { mfaId: string; totp: { id: string; secret: string } }[] = []
    for (let n = 0; n < 5; n++) {
      const { mfaId } = (await asked()).body as { mfaId: string }
      begun.push({ mfaId, totp: await enrolAt(mfaId) })
    }

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => begun[n % 5]).map(async (one) =>
        one === undefined ? undefined : await confirmAt(one.totp, one.mfaId),
      ),
    )

    expect(answers.filter((answer) => answer?.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => (answer?.status ?? 500) >= 500)).toEqual([])
    const { body } = await list(superuser.token, ada.id)
    expect((body as { items: unknown[] }).items).toHaveLength(1)
  })

  it('is refused to an account that can answer by another method', async ({ expect }) => {
    // Otherwise a stolen password would do without the owner's mailbox.
    await configure({ otp: { enabled: true }, mfa: { enabled: true } })
    const { body } = await asked()
    expect(body).toEqual({ mfaId: expect.any(String), methods: ['otp'] })

    const { mfaId } = body as { mfaId: string }
    const { status, body: refusal } = await app.post(`${factors}/totp`, { mfaId })

    expect(status).toBe(403)
    expect(refusal).toMatchObject({
      message: 'The account must answer with a second factor that it already has.',
    })
  })

  it('is not offered where it is off', async ({ expect }) => {
    await demandFactor()
    await configure({ security: { mfa: { enrolAtSignIn: false } } })

    const { status, body } = await asked()

    expect(status).toBe(403)
    expect(body).toMatchObject({
      message: 'The account has no second factor that it could sign in with.',
    })
  })

  it('is refused for a challenge of another account’s factor', async ({ expect }) => {
    await demandFactor()
    const mine = ((await asked()).body as { mfaId: string }).mfaId
    await app.post(`${users}/records`, {
      email: 'bob@example.com',
      password,
      passwordConfirm: password,
    })
    const bob = { identity: 'bob@example.com', password }
    const bobs = (await app.post(`${users}/auth-with-password`, bob)).body as { mfaId: string }
    const begun = await enrolAt(mine)

    expect((await confirmAt(begun, bobs.mfaId)).status).toBe(404)
  })
})

describe('a second authenticator', () => {
  it('comes without new recovery codes', async ({ expect }) => {
    const { owner } = await enrol(app, ada)
    const begun = await beginEnrolment(app, owner.token)

    const done = await confirm(app, begun, owner.token)

    expect(done.body).not.toHaveProperty('recoveryCodes')
    expect((await list(tokenOf(done))).body).toMatchObject({ recoveryCodes: 10 })
  })
})

describe('renaming', () => {
  it('changes the name of one’s own factor only', async ({ expect }) => {
    const { id } = await beginEnrolment(app, ada.token)
    const bob = await signUp(app, 'bob@example.com')

    const mine = await app.patch(`${factors}/${id}`, { name: 'Old phone' }, ada)
    const others = await app.patch(`${factors}/${id}`, { name: 'Mine' }, bob)
    const long = await app.patch(`${factors}/${id}`, { name: 'x'.repeat(101) }, ada)

    expect(mine.body).toMatchObject({ id, name: 'Old phone' })
    expect([others.status, long.status]).toEqual([404, 400])
  })
})

describe('removing', () => {
  it('ends the other sessions, removes the recovery codes and tells the owner', async ({
    expect,
  }) => {
    const { id, owner } = await enrol(app, ada)
    const other = await signIn(app, 'users', email).catch(() => undefined)
    const stale = ada.token

    const { status } = await app.delete(`${factors}/${id}`, owner)

    expect(status).toBe(204)
    expect(other?.token).toBeUndefined()
    expect(await isSignedIn(owner.token)).toBe(true)
    expect(await isSignedIn(stale)).toBe(true)
    expect((await list(owner.token)).body).toMatchObject({ items: [], recoveryCodes: 0 })
    expect(app.mailbox.last().subject).toBe('An authenticator was removed from your Acme account')
    expect((await signIn(app, 'users', email)).token).toEqual(expect.any(String))
  })

  it('ends the sessions of other devices', async ({ expect }) => {
    const other = await signIn(app, 'users', email)
    const { id, owner } = await enrol(app, ada)

    await app.delete(`${factors}/${id}`, owner)

    expect(await isSignedIn(other.token)).toBe(false)
  })

  it('needs a recent second factor', async ({ expect }) => {
    const { id, owner } = await enrol(app, ada)
    const impersonated = await app.post(`${users}/impersonate/${ada.id}`, {}, superuser)

    const levelOne = await app.delete(`${factors}/${id}`, ada)
    const acting = await app.delete(`${factors}/${id}`, { token: tokenOf(impersonated) })
    later(601)
    const stale = await app.delete(`${factors}/${id}`, owner)

    expect([levelOne.status, acting.status, stale.status]).toEqual([403, 403, 403])
    expect(levelOne.body).toMatchObject({ data: { stepUp: { params: { level: 2 } } } })
  })

  it('keeps the last factor that the collection demands', async ({ expect }) => {
    await demandFactor()
    const { id, owner } = await enrol(app, ada)

    const { status, body } = await app.delete(`${factors}/${id}`, owner)

    expect(status).toBe(400)
    expect(body).toMatchObject({
      message: 'The account must have a second factor, and this is its last one.',
    })
  })

  it('of the last factor is possible where the account has two other methods', async ({
    expect,
  }) => {
    await demandFactor()
    await configure({ otp: { enabled: true } })
    const { id, owner } = await enrol(app, ada)

    expect((await app.delete(`${factors}/${id}`, owner)).status).toBe(204)
  })

  it('is for superusers the way to help an owner', async ({ expect }) => {
    await demandFactor()
    const { id, owner } = await enrol(app, ada)
    const bob = await signUp(app, 'bob@example.com').catch(() => ada)

    const byOther = await app.delete(`${factors}/${id}?record=${ada.id}`, bob)
    const bySuperuser = await app.delete(`${factors}/${id}?record=${ada.id}`, superuser)

    expect([byOther.status, bySuperuser.status]).toEqual([403, 204])
    expect(await isSignedIn(owner.token)).toBe(false)
  })

  it('spares superusers no proof for their own', async ({ expect }) => {
    const change = { security: { totp: { enabled: true } } }
    await changeCollection(app, superuser.token, '_superusers', change)
    const own = '/api/collections/_superusers/factors'
    const { id } = await enrol(app, superuser, '_superusers')

    const direct = await app.delete(`${own}/${id}`, superuser)
    const named = await app.delete(`${own}/${id}?record=${superuser.id}`, superuser)

    expect([direct.status, named.status]).toEqual([403, 403])
  })

  it('answers another account like a missing factor', async ({ expect }) => {
    const { id } = await enrol(app, ada)
    const bob = await signUp(app, 'bob@example.com')

    expect((await app.delete(`${factors}/${id}`, bob)).status).toBe(404)
    expect((await app.delete(`${factors}/missing`, bob)).status).toBe(404)
  })
})

describe('recovery codes', () => {
  function recover(mfaId: string, code: string): Promise<Answer> {
    return app.post(`${users}/auth-with-recovery-code`, { mfaId, code })
  }

  it('complete a sign-in once, end all other sessions and tell the owner', async ({ expect }) => {
    const { recoveryCodes, owner } = await enrol(app, ada)
    const [code = ''] = recoveryCodes

    const signedIn = await recover(await challenge(app, email), code.toLowerCase())

    expect(signedIn.status).toBe(200)
    expect(signedIn.body).toMatchObject({ meta: { recoveryCodes: 9 } })
    expect(decodeJwt(tokenOf(signedIn))).toMatchObject({ amr: ['password', 'recovery'] })
    expect(await isSignedIn(tokenOf(signedIn))).toBe(true)
    expect(await isSignedIn(owner.token)).toBe(false)
    expect(app.mailbox.mails.map(({ subject }) => subject)).toContain(
      'A recovery code of your Acme account was used',
    )
    expect((await recover(await challenge(app, email), code)).status).toBe(400)
  })

  it('are used once by 30 requests at the same time', async ({ expect }) => {
    const [code = ''] = (await enrol(app, ada)).recoveryCodes
    const challenges: string[] = []
    for (let n = 0; n < 30; n++) challenges.push(await challenge(app, email))

    const answers = await Promise.all(challenges.map((mfaId) => recover(mfaId, code)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(29)
  })

  it('of another account are wrong', async ({ expect }) => {
    const { recoveryCodes } = await enrol(app, ada)
    await enrol(app, await signUp(app, 'bob@example.com'))

    const refused = await recover(await challenge(app, 'bob@example.com'), recoveryCodes[0] ?? '')

    expect(refused.body).toEqual({ data: {}, message: 'Failed to authenticate.', status: 400 })
  })

  it('are stored as digests only', async ({ expect }) => {
    const { recoveryCodes } = await enrol(app, ada)

    const { results } = await bindings.DB.prepare('SELECT * FROM "_recovery_codes"').all()

    expect(results).toHaveLength(10)
    for (const code of recoveryCodes) expect(JSON.stringify(results)).not.toContain(code)
    expect(results[0]).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it('are replaced after a recent second factor, and the former ones end', async ({ expect }) => {
    const { recoveryCodes, owner } = await enrol(app, ada)

    const levelOne = await app.post(`${factors}/recovery-codes`, {}, ada)
    const fresh = await app.post(`${factors}/recovery-codes`, {}, owner)

    expect(levelOne.status).toBe(403)
    expect(codesOf(fresh)).toHaveLength(10)
    expect((await recover(await challenge(app, email), recoveryCodes[0] ?? '')).status).toBe(400)
    expect((await recover(await challenge(app, email), codesOf(fresh)[0] ?? '')).status).toBe(200)
  })

  it('lift the suspension of an authenticator', async ({ expect }) => {
    const phone = await enrol(app, ada)
    await bindings.DB.exec('UPDATE "_totps" SET "failures" = 50')
    await recover(await challenge(app, email), phone.recoveryCodes[0] ?? '')
    later(60)

    expect((await answerTotp(await challenge(app, email), await codeOf(phone))).status).toBe(200)
  })

  it('share the five tries of a challenge with codes', async ({ expect }) => {
    const phone = await enrol(app, ada)
    const mfaId = await challenge(app, email)
    for (let n = 0; n < 3; n++) await answerTotp(mfaId, await wrongCodeOf(phone))
    for (let n = 0; n < 2; n++) expect((await recover(mfaId, 'wrong')).status).toBe(400)

    expect((await recover(mfaId, phone.recoveryCodes[0] ?? '')).body).toMatchObject({
      message: 'Invalid or expired MFA session.',
    })
  })
})

describe('the factors of an account', () => {
  it('are shown to the owner and to superusers only', async ({ expect }) => {
    await enrol(app, ada)
    const bob = await signUp(app, 'bob@example.com')

    expect((await list(superuser.token, ada.id)).body).toMatchObject({ recoveryCodes: 10 })
    expect((await list(bob.token, ada.id)).status).toBe(403)
    expect((await app.get(factors)).status).toBe(401)
    expect((await list(superuser.token, 'missing00000000')).status).toBe(404)
  })

  it('are deleted with it, and with its collection', async ({ expect }) => {
    await enrol(app, ada)
    await app.delete(`${users}/records/${ada.id}`, ada)

    const left = await bindings.DB.batch([
      bindings.DB.prepare('SELECT * FROM "_totps"'),
      bindings.DB.prepare('SELECT * FROM "_recovery_codes"'),
    ])
    expect(left.map(({ results }) => results)).toEqual([[], []])
  })

  it('are removed when the owner of an unverified address takes the account over', async ({
    expect,
  }) => {
    await configure({ otp: { enabled: true } })
    await enrol(app, ada)
    const { body } = await app.post(`${users}/request-otp`, { email })
    const code = /<strong>(\d+)<\/strong>/.exec(app.mailbox.last().html)?.[1] ?? ''

    const { otpId } = body as { otpId: string }
    const signedIn = await app.post(`${users}/auth-with-otp`, { otpId, password: code })

    expect(signedIn.status).toBe(200)
    expect((await list(tokenOf(signedIn))).body).toMatchObject({ items: [], recoveryCodes: 0 })
  })

  it('stay when the owner is told nothing, where alerts are off', async ({ expect }) => {
    await configure({ security: { alerts: { factors: false } } })
    const before = app.mailbox.mails.length

    await enrol(app, ada)

    expect(app.mailbox.mails.slice(before)).toEqual([])
  })
})
