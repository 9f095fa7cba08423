import { describe, it, vi } from 'vitest'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { claimsOf, tokenIn } from '../../support/account-tokens.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const request = `${users}/request-verification`
const confirm = `${users}/confirm-verification`
const email = 'ann@example.com'

/** A deployment with an unverified account. */
async function createWorld(): Promise<{ app: TestApp; ann: SignedIn }> {
  const app = createTestApp()
  return { app, ann: await signUp(app, email) }
}

async function mailedToken(app: TestApp): Promise<string> {
  await app.post(request, { email })
  return tokenIn(app.mailbox.last())
}

async function isVerified({ id }: SignedIn): Promise<boolean> {
  const select = bindings.DB.prepare('SELECT "verified" FROM "users" WHERE "id" = ?').bind(id)
  return (await select.first<number>('verified')) === 1
}

async function linkProvider({ id }: SignedIn): Promise<void> {
  await bindings.DB.prepare(
    `INSERT INTO "_externalAuths" ("id", "collectionRef", "recordRef", "provider", "providerId", "created", "updated")
     VALUES ('link00000000000', '_pb_users_auth_', ?, 'google', '1', '', '')`,
  )
    .bind(id)
    .run()
}

describe('a request to verify an address', () => {
  it('mails a link with a token for the account and the address', async ({ expect }) => {
    const { app, ann } = await createWorld()

    const answer = await app.post(request, { email })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    expect(app.mailbox.mails).toHaveLength(1)
    expect(app.mailbox.last().to).toEqual([{ name: '', address: email }])
    expect(claimsOf(tokenIn(app.mailbox.last()))).toEqual({
      collectionId: '_pb_users_auth_',
      email,
      exp: expect.closeTo(Date.now() / 1000 + 86_400, -2),
      id: ann.id,
      type: 'verification',
    })
  })

  it('fills the template with the account, without what is hidden', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const admin = await signInSuperuser(app)
    const body = '{RECORD:id} {RECORD:email} {RECORD:name} {RECORD:tokenKey} {TOKEN}'
    const verificationTemplate = { subject: 'For {RECORD:name}', body }
    await changeCollection(app, admin.token, 'users', { verificationTemplate })
    const named = { name: '<b>Ann</b>' }
    await app.patch(`${users}/records/${ann.id}`, named, { token: ann.token })

    await app.post(request, { email })

    const { subject, html } = app.mailbox.last()
    expect(subject).toBe('For <b>Ann</b>')
    expect(html).toContain(`${ann.id} ${email} &lt;b&gt;Ann&lt;/b&gt; {RECORD:tokenKey} ey`)
  })

  it('rewrites links of old templates to pages that need no script', async ({ expect }) => {
    const { app } = await createWorld()
    const admin = await signInSuperuser(app)
    const body = '<a href="{APP_URL}/_/#/auth/confirm-verification/{TOKEN}">Verify</a>'
    const verificationTemplate = { subject: 'Verify', body }
    await changeCollection(app, admin.token, 'users', { verificationTemplate })

    await app.post(request, { email })

    const { html } = app.mailbox.last()
    expect(html).toContain('href="http://127.0.0.1:8787/_/auth/confirm-verification/ey')
  })

  it.for([
    ['an unknown address', 'nobody@example.com'],
    ['an address in other letters', 'ANN@example.com'],
  ] as const)('sends no mail for %s', async ([, address], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(request, { email: address })

    expect(answer.status).toBe(204)
    expect(app.mailbox.mails).toEqual([])
  })

  it('sends no mail to a verified address', async ({ expect }) => {
    const { app } = await createWorld()
    await app.post(confirm, { token: await mailedToken(app) })

    const answer = await app.post(request, { email })

    expect(answer.status).toBe(204)
    expect(app.mailbox.mails).toHaveLength(1)
  })

  it('mails once in two minutes across isolates', async ({ expect }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { app } = await createWorld()
      const other = createTestApp()
      await app.post(request, { email })

      vi.advanceTimersByTime(119_000)
      await other.post(request, { email })
      const early = other.mailbox.mails.length
      vi.advanceTimersByTime(2_000)
      await other.post(request, { email })

      expect([app.mailbox.mails.length, early, other.mailbox.mails.length]).toEqual([1, 0, 1])
    } finally {
      vi.useRealTimers()
    }
  })

  it('mails once for many concurrent requests', async ({ expect }) => {
    const { app } = await createWorld()
    const apps = [app, createTestApp(), createTestApp()]

    await Promise.all([...apps, ...apps].map((each) => each.post(request, { email })))

    expect(apps.flatMap(({ mailbox }) => mailbox.mails)).toHaveLength(1)
  })

  it.for([
    ['a missing address', {}, 'validation_required'],
    ['no address', { email: 'ann' }, 'validation_is_email'],
    [
      'one that is too long',
      { email: `${'a'.repeat(251)}@b.io` },
      'validation_length_out_of_range',
    ],
  ] as const)('refuses %s', async ([, body, code], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(request, body)

    expect(answer.status).toBe(400)
    expect(codesOf(answer)).toEqual({ email: code })
  })

  it.for([
    [
      'a body that is no object',
      'users',
      [],
      400,
      'An error occurred while loading the submitted data.',
    ],
    ['a collection that is not there', 'none', {}, 404, 'Missing or invalid collection context.'],
    ['one without accounts', 'posts', {}, 404, 'Missing or invalid auth collection context.'],
    ['superusers', '_superusers', {}, 400, 'All superusers are verified by default.'],
  ] as const)('refuses %s', async ([, collection, body, status, message], { expect }) => {
    const app = createTestApp()
    const admin = await signInSuperuser(app)
    await createCollections(app, admin.token, { name: 'posts' })

    const answer = await app.post(`/api/collections/${collection}/request-verification`, body)

    expect(answer.body).toEqual({ data: {}, message, status })
  })
})

describe('a confirmed verification', () => {
  it('marks the address as verified and keeps the session', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)

    const answer = await app.post(confirm, { token })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    expect(await isVerified(ann)).toBe(true)
    const refreshed = await app.post(`${users}/auth-refresh`, {}, { token: ann.token })
    expect(refreshed.status).toBe(200)
  })

  it('can be repeated', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)

    const answers = await Promise.all([app.post(confirm, { token }), app.post(confirm, { token })])
    const later = await app.post(confirm, { token })

    expect([...answers, later].map(({ status }) => status)).toEqual([204, 204, 204])
    expect(await isVerified(ann)).toBe(true)
  })

  // A user who linked a provider to an unverified address may not be its owner.
  it('removes links to providers, and ends all sessions', async ({ expect }) => {
    const { app, ann } = await createWorld()
    await linkProvider(ann)
    const token = await mailedToken(app)

    await app.post(confirm, { token })

    const links = await bindings.DB.prepare('SELECT count(*) AS n FROM "_externalAuths"').first('n')
    const refreshed = await app.post(`${users}/auth-refresh`, {}, { token: ann.token })
    expect([links, refreshed.status]).toEqual([0, 401])
  })

  it('keeps the password if passwords are used', async ({ expect }) => {
    const { app } = await createWorld()

    await app.post(confirm, { token: await mailedToken(app) })

    expect((await signIn(app, 'users', email)).token).toBeTypeOf('string')
  })

  it('removes the password if passwords are not used', async ({ expect }) => {
    const { app } = await createWorld()
    const token = await mailedToken(app)
    const admin = await signInSuperuser(app)
    await changeCollection(app, admin.token, 'users', { passwordAuth: { enabled: false } })

    const answer = await app.post(confirm, { token })
    await changeCollection(app, admin.token, 'users', { passwordAuth: { enabled: true } })
    const old = await app.post(`${users}/auth-with-password`, { identity: email, password })

    expect([answer.status, old.status]).toEqual([204, 400])
  })

  it('is rejected as a whole if the account violates a rule of its fields', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)
    const admin = await signInSuperuser(app)
    const { body } = await app.get('/api/collections/users', { token: admin.token })
    const { fields } = body as { fields: { name: string }[] }
    await changeCollection(app, admin.token, 'users', {
      fields: fields.map((field) => (field.name === 'name' ? { ...field, required: true } : field)),
    })

    const answer = await app.post(confirm, { token })

    expect(answer.body).toMatchObject({
      message: 'An error occurred while saving the verified state.',
      data: { name: { code: 'validation_required' } },
    })
    expect(await isVerified(ann)).toBe(false)
  })

  it.for([
    ['a missing token', {}, 'validation_required'],
    ['nonsense', { token: 'nonsense' }, 'validation_invalid_token_claims'],
  ] as const)('refuses %s', async ([, body, code], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(confirm, body)

    expect(answer.status).toBe(400)
    expect(codesOf(answer)).toEqual({ token: code })
  })

  it('rejects a token for an earlier address of the account', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const token = await mailedToken(app)
    await bindings.DB.prepare('UPDATE "users" SET "email" = ? WHERE "id" = ?')
      .bind('changed@example.com', ann.id)
      .run()

    const answer = await app.post(confirm, { token })

    expect(codesOf(answer)).toEqual({ token: 'validation_token_email_mismatch' })
    expect(await isVerified(ann)).toBe(false)
  })

  it('is not for superusers', async ({ expect }) => {
    const app = createTestApp()

    const answer = await app.post('/api/collections/_superusers/confirm-verification', {})

    expect(answer.body).toMatchObject({ message: 'All superusers are verified by default.' })
  })
})
