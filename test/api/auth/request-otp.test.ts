import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf } from '../../support/collections.ts'
import { codeIn, requestCode } from '../../support/one-time-codes.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/request-otp'
const signInPath = '/api/collections/users/auth-with-otp'
const email = 'ada@example.com'
const unknownEmail = 'nobody@example.com'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email, { name: 'Ada' })
  await changeCollection(app, superuser.token, 'users', { otp: { enabled: true } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface CodeRow {
  readonly id: string
  readonly recordRef: string
  readonly password: string
  readonly sentTo: string
}

async function storedCodes(): Promise<CodeRow[]> {
  const { results } = await bindings.DB.prepare('SELECT * FROM "_otps"').all<CodeRow>()
  return results
}

async function withoutLimits(): Promise<void> {
  const change = { rateLimits: { enabled: false } }
  await app.patch('/api/settings', change, { token: superuser.token })
}

async function inTurn<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < count; i++) results.push(await work())
  return results
}

function pass(milliseconds: number): void {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] })
}

describe('POST /api/collections/{c}/request-otp', () => {
  it('mails a code to the account and returns its id', async ({ expect }) => {
    const { status, body } = await app.post(path, { email })

    const mail = app.mailbox.last()
    expect(status).toBe(200)
    expect(body).toEqual({ otpId: expect.stringMatching(/^[a-z0-9]{15}$/) })
    expect(mail.to).toEqual([{ name: '', address: email }])
    expect(mail.subject).toBe('OTP for Acme')
    expect(codeIn(mail)).toMatch(/^\d{8}$/)
  })

  it('fills the placeholders of the template', async ({ expect }) => {
    const emailTemplate = { subject: '{RECORD:name}', body: '{OTP} {OTP_ID} {RECORD:tokenKey}' }
    await changeCollection(app, superuser.token, 'users', { otp: { emailTemplate, length: 6 } })

    const { body } = await app.post(path, { email })

    const { otpId } = body as { otpId: string }
    const { subject, text } = app.mailbox.last()
    expect(subject).toBe('Ada')
    expect(text).toMatch(new RegExp(`^\\d{6} ${otpId} \\{RECORD:tokenKey\\}\\s*$`))
  })

  it('stores nothing that reveals the code', async ({ expect }) => {
    const { otpId, password } = await requestCode(app, email)

    const [row, ...others] = await storedCodes()
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(password))
    expect(others).toEqual([])
    expect(row).toMatchObject({ id: otpId, recordRef: ada.id, sentTo: email })
    expect(row?.password).toMatch(/^hmac-sha256:[\w+/]{43}=$/)
    expect(row?.password).not.toContain(password)
    expect(row?.password).not.toContain(btoa(String.fromCharCode(...new Uint8Array(digest))))
  })

  it('hides code and address of a row even from superusers', async ({ expect }) => {
    const { otpId } = await requestCode(app, email)
    const row = `/api/collections/_otps/records/${otpId}`

    const own = await app.get(row, { token: ada.token })
    const admin = await app.get(row, { token: superuser.token })

    expect(own.body).toMatchObject({ id: otpId, recordRef: ada.id })
    expect(Object.keys(own.body as object)).not.toContain('sentTo')
    expect(JSON.stringify([own.body, admin.body])).not.toContain('hmac')
  })

  const blank = { code: 'validation_required', message: 'Cannot be blank.' }
  const faults = [
    { name: 'a blank address', body: { email: '' }, codes: { email: blank.code } },
    { name: 'no address', body: {}, codes: { email: blank.code } },
    { name: 'what is none', body: { email: 'ada' }, codes: { email: 'validation_is_email' } },
    {
      name: 'one that is too long',
      body: { email: `${'a'.repeat(250)}@example.com` },
      codes: { email: 'validation_length_out_of_range' },
    },
  ]
  it.for(faults)('refuses $name', async ({ body, codes }, { expect }) => {
    const answer = await app.post(path, body)

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      message: 'An error occurred while validating the submitted data.',
    })
    expect(codesOf(answer)).toEqual(codes)
  })

  it('refuses a body it cannot read', async ({ expect }) => {
    const answer = await app.post(path, { email: 1 })

    expect(answer.body).toEqual({
      data: {},
      message: 'An error occurred while loading the submitted data.',
      status: 400,
    })
  })

  it('is rejected for collections without codes', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', { otp: { enabled: false } })

    const answer = await app.post(path, { email })

    expect(answer.body).toEqual({
      data: {},
      message: 'The collection is not configured to allow OTP authentication.',
      status: 403,
    })
  })

  const collections = [
    { name: '_otps', message: 'Missing or invalid auth collection context.' },
    { name: 'missing', message: 'Missing or invalid collection context.' },
  ]
  it.for(collections)('is not found for $name', async ({ name, message }, { expect }) => {
    const answer = await app.post(`/api/collections/${name}/request-otp`, { email })

    expect(answer.body).toEqual({ data: {}, message, status: 404 })
  })

  it('mails superusers a code, as their second factor', async ({ expect }) => {
    await changeCollection(app, superuser.token, '_superusers', { otp: { enabled: true } })

    const code = await requestCode(app, 'admin@example.com', '_superusers')
    const answer = await app.post('/api/collections/_superusers/auth-with-otp', code)

    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ mfaId: expect.any(String) })
  })
})

// Guards against finding out who has an account.
describe('a request for a code to an unknown address', () => {
  it('has the same response, and no effect', async ({ expect }) => {
    const known = await app.post(path, { email })
    const unknown = await app.post(path, { email: unknownEmail })

    expect(unknown.status).toBe(known.status)
    expect(Object.keys(unknown.body as object)).toEqual(Object.keys(known.body as object))
    expect(unknown.body).toEqual({ otpId: expect.stringMatching(/^[a-z0-9]{15}$/) })
    expect([...unknown.headers.keys()]).toEqual([...known.headers.keys()])
    expect(app.mailbox.mails.map(({ to }) => to[0]?.address)).toEqual([email])
    expect(await storedCodes()).toHaveLength(1)
  })

  it('takes the same trips, hashes and statements', async ({ expect }) => {
    const sign = vi.spyOn(crypto.subtle, 'sign')
    const prepare = vi.spyOn(bindings.DB, 'prepare')
    async function workFor(address: string): Promise<unknown> {
      sign.mockClear()
      prepare.mockClear()
      const answer = await app.post(path, { email: address })
      const statements = prepare.mock.calls.map(([statement]) => statement)
      return {
        trips: tripsOf(answer),
        signatures: sign.mock.calls.length,
        // The delivery is after the response.
        statements: statements.filter((text) => !/"_outbox" (SET|WHERE)/.test(text)),
      }
    }
    await workFor(email)

    const unknown = await workFor(unknownEmail)
    const known = await workFor(email)

    expect(unknown).toMatchObject({ trips: '2 batches, 0 reads, 0 writes', signatures: 2 })
    expect(unknown).toEqual(known)
  })

  it('is limited alike', async ({ expect }) => {
    // The first delays are seconds, which a busy machine takes anyway.
    pass(0)
    const statusesFor = async (address: string) =>
      (await inTurn(8, () => app.post(path, { email: address }))).map(({ status }) => status)

    const unknown = await statusesFor(unknownEmail)
    const known = await statusesFor(email)

    expect(unknown).toContain(429)
    expect(unknown).toEqual(known)
  })

  it('returns the latest id after ten requests, like a known address', async ({ expect }) => {
    await withoutLimits()
    const idsFor = async (address: string) =>
      (await inTurn(12, () => app.post(path, { email: address }))).map(
        ({ body }) => (body as { otpId: string }).otpId,
      )

    const ids = { unknown: await idsFor(unknownEmail), known: await idsFor(email) }

    for (const answered of Object.values(ids)) {
      expect(new Set(answered).size).toBe(10)
      expect(answered.slice(9)).toEqual([answered[9], answered[9], answered[9]])
    }
    expect(app.mailbox.mails).toHaveLength(10)
    expect(await storedCodes()).toHaveLength(10)
  })
})

describe('the valid codes of an address', () => {
  beforeEach(withoutLimits)

  it('are limited to ten for concurrent requests', async ({ expect }) => {
    await Promise.all(Array.from({ length: 15 }, () => app.post(path, { email })))

    expect(await storedCodes()).toHaveLength(10)
  })

  it('become fewer when one is used', async ({ expect }) => {
    await inTurn(9, () => app.post(path, { email }))
    const last = await requestCode(app, email)
    await app.post(signInPath, last)

    const next = await requestCode(app, email)

    expect(next.otpId).not.toBe(last.otpId)
    expect(app.mailbox.mails.filter(({ subject }) => subject.startsWith('OTP'))).toHaveLength(11)
  })

  it('become fewer when they expire', async ({ expect }) => {
    await inTurn(10, () => app.post(path, { email }))

    pass(181_000)
    await app.post(path, { email })

    expect(app.mailbox.mails).toHaveLength(11)
  })

  it('are counted together for all spellings of an account', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', {
      indexes: [
        'CREATE UNIQUE INDEX `idx_tokenKey__pb_users_auth_` ON `users` (`tokenKey`)',
        "CREATE UNIQUE INDEX `idx_email__pb_users_auth_` ON `users` (`email` COLLATE NOCASE) WHERE `email` != ''",
      ],
    })

    await inTurn(6, () => app.post(path, { email }))
    await inTurn(6, () => app.post(path, { email: 'ADA@example.com' }))

    expect(await storedCodes()).toHaveLength(10)
  })
})
