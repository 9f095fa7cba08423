import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp, passwords, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/auth-with-password'
const email = 'ada@example.com'

/** The hash of `password of old`, with a cost of 4. */
const bcryptHash = '$2a$04$aKh7IPJ3NZG8qkgkXyLStevZ5y.Z1l/ArTqeLqGptkrw5QFnHBPM6'

const failed = { data: {}, message: 'Failed to authenticate.', status: 400 }

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email, { name: 'Ada' })
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function configure(changes: Readonly<Record<string, unknown>>): Promise<void> {
  await app.patch('/api/collections/users', changes, { token: superuser.token })
}

function storedHash(): Promise<string | null> {
  return bindings.DB.prepare('SELECT "password" FROM "users" WHERE "id" = ?')
    .bind(ada.id)
    .first('password')
}

async function storeHash(hash: string): Promise<void> {
  await bindings.DB.prepare('UPDATE "users" SET "password" = ? WHERE "id" = ?')
    .bind(hash, ada.id)
    .run()
}

describe('POST /api/collections/{c}/auth-with-password', () => {
  it('returns the account and a valid token', async ({ expect }) => {
    const { status, body } = await app.post(path, { identity: email, password })

    const { record, token } = body as { record: Record<string, unknown>; token: string }
    expect(status).toBe(200)
    expect(Object.keys(body as object)).toEqual(['record', 'token'])
    expect(record).toMatchObject({ id: ada.id, email, name: 'Ada', collectionName: 'users' })
    expect(record).not.toHaveProperty('password')
    expect(record).not.toHaveProperty('tokenKey')
    const view = await app.get(`/api/collections/users/records/${ada.id}`, { token })
    expect(view.status).toBe(200)
  })

  it('includes PocketBase’s claims, the session and its proof in the token', async ({ expect }) => {
    const { body } = await app.post(path, { identity: email, password })

    const { token } = body as { token: string }
    expect(decodeJwt(token)).toEqual({
      amr: ['password'],
      auth_time: expect.any(Number),
      collectionId: '_pb_users_auth_',
      exp: expect.any(Number),
      id: ada.id,
      refreshable: true,
      sid: expect.stringMatching(/^[a-z0-9]{15}$/),
      sst: expect.any(Number),
      type: 'auth',
    })
  })

  it('reads forms like JSON', async ({ expect }) => {
    const form = new FormData()
    form.set('identity', email)
    form.set('password', password)

    const multipart = await app.post(path, form)
    const urlencoded = await app.post(path, new URLSearchParams({ identity: email, password }))

    expect([multipart.status, urlencoded.status]).toEqual([200, 200])
  })

  const blank = { code: 'validation_required', message: 'Cannot be blank.' }
  const refusals = [
    { name: 'a wrong password', body: { identity: email, password: 'wrong' }, answer: failed },
    { name: 'an unknown identity', body: { identity: 'x@example.com', password }, answer: failed },
    { name: 'an identity that is no address', body: { identity: 'ada', password }, answer: failed },
    {
      name: 'another spelling of the address',
      body: { identity: 'ADA@example.com', password },
      answer: failed,
    },
    {
      name: 'blank values',
      body: {},
      answer: {
        data: { identity: blank, password: blank },
        message: 'An error occurred while validating the submitted data.',
        status: 400,
      },
    },
    {
      name: 'an identity of more than 255 bytes',
      body: { identity: 'ä'.repeat(128), password },
      answer: {
        data: {
          identity: {
            code: 'validation_length_out_of_range',
            message: 'The length must be between 1 and 255.',
            params: { max: 255, min: 1 },
          },
        },
        message: 'An error occurred while validating the submitted data.',
        status: 400,
      },
    },
    {
      name: 'a field that identifies no account',
      body: { identity: 'Ada', password, identityField: 'name' },
      answer: {
        data: {
          identityField: { code: 'validation_in_invalid', message: 'Must be a valid value.' },
        },
        message: 'An error occurred while validating the submitted data.',
        status: 400,
      },
    },
    {
      name: 'a password that is not a string',
      body: { identity: email, password: 1 },
      answer: {
        data: {},
        message: 'An error occurred while loading the submitted data.',
        status: 400,
      },
    },
    {
      name: 'invalid JSON',
      body: '{"identity"',
      answer: {
        data: {},
        message: 'An error occurred while loading the submitted data.',
        status: 400,
      },
    },
  ]
  for (const { name, body, answer } of refusals) {
    it(`refuses ${name}`, async ({ expect }) => {
      const refused = await app.post(path, body)

      expect(refused.body).toEqual(answer)
      expect(refused.status).toBe(answer.status)
    })
  }

  it('refuses a collection that has no accounts', async ({ expect }) => {
    const missing = await app.post('/api/collections/nothing/auth-with-password', {})
    const base = await app.post('/api/collections/_mfas/auth-with-password', {})

    expect(missing).toMatchObject({
      status: 404,
      body: { message: 'Missing or invalid collection context.' },
    })
    expect(base).toMatchObject({
      status: 404,
      body: { message: 'Missing or invalid auth collection context.' },
    })
  })

  it('rejects all accounts if passwords are turned off', async ({ expect }) => {
    await configure({ passwordAuth: { enabled: false } })

    expect(await app.post(path, {})).toMatchObject({
      status: 403,
      body: { message: 'The collection is not configured to allow password authentication.' },
    })
  })

  // Neither the response nor the time may reveal who has an account: argon2 runs once either way.
  it('responds to an unknown account as to a known one, after the same work', async ({
    expect,
  }) => {
    const verify = vi.spyOn(passwords, 'verify')

    const unknown = await app.post(path, { identity: 'x@example.com', password: 'wrong' })
    const callsForUnknown = verify.mock.calls.length
    const known = await app.post(path, { identity: email, password: 'wrong' })

    expect({ status: unknown.status, body: unknown.body }).toEqual({
      status: known.status,
      body: known.body,
    })
    expect(callsForUnknown).toBe(1)
    expect(verify.mock.calls.length).toBe(2)
  })

  describe('with other identity fields', () => {
    const members = '/api/collections/members/auth-with-password'

    beforeEach(async () => {
      await app.post(
        '/api/collections',
        {
          name: 'members',
          type: 'auth',
          createRule: '',
          fields: [
            { name: 'nick', type: 'text' },
            { name: 'handle', type: 'text' },
          ],
          indexes: [
            'CREATE UNIQUE INDEX idx_nick ON members (nick COLLATE NOCASE) WHERE nick != ""',
            "CREATE UNIQUE INDEX idx_handle ON members (handle) WHERE handle != ''",
          ],
          passwordAuth: { enabled: true, identityFields: ['nick', 'handle', 'email'] },
        },
        { token: superuser.token },
      )
      const confirmed = { password, passwordConfirm: password }
      const create = '/api/collections/members/records'
      await app.post(create, {
        ...confirmed,
        email: 'a@example.com',
        nick: 'Same',
        handle: 'first',
      })
      await app.post(create, { ...confirmed, email: 'b@example.com', nick: 'b', handle: 'same' })
      await app.post(create, { ...confirmed, email: 'c@example.com', nick: 'b@example.com' })
    })

    async function whoIs(body: Readonly<Record<string, string>>): Promise<string | undefined> {
      const answer = await app.post(`${members}?fields=record.email`, { password, ...body })
      return (answer.body as { record?: { email: string } }).record?.email
    }

    it('ignores case only if the unique index does', async ({ expect }) => {
      expect(await whoIs({ identity: 'SAME' })).toBe('a@example.com')
      expect(await whoIs({ identity: 'FIRST' })).toBeUndefined()
    })

    it('uses the first field that finds an account, starting with the email', async ({
      expect,
    }) => {
      expect(await whoIs({ identity: 'same' })).toBe('a@example.com')
      expect(await whoIs({ identity: 'b@example.com' })).toBe('b@example.com')
    })

    it('uses only the given identity field', async ({ expect }) => {
      expect(await whoIs({ identity: 'same', identityField: 'handle' })).toBe('b@example.com')
      expect(await whoIs({ identity: 'first', identityField: 'nick' })).toBeUndefined()
      expect(await whoIs({ identity: 'b@example.com', identityField: 'nick' })).toBe(
        'c@example.com',
      )
    })
  })

  describe('with an auth rule', () => {
    const unsatisfied = {
      status: 403,
      body: {
        data: {},
        message: "The request doesn't satisfy the collection requirements to authenticate.",
        status: 403,
      },
    }

    it('refuses an account that does not satisfy it', async ({ expect }) => {
      await configure({ authRule: 'verified = true' })

      expect(await app.post(path, { identity: email, password })).toMatchObject(unsatisfied)
    })

    it('evaluates it with the sign-in method as context', async ({ expect }) => {
      await configure({ authRule: '@request.context = "password" && @request.auth.id = ""' })

      expect(await app.post(path, { identity: email, password })).toMatchObject({ status: 200 })
    })

    it('allows sign-in only to superusers if it is locked', async ({ expect }) => {
      await configure({ authRule: null })

      const guest = await app.post(path, { identity: email, password })
      const trusted = await app.post(
        path,
        { identity: email, password },
        { token: superuser.token },
      )

      expect(guest).toMatchObject(unsatisfied)
      expect(trusted.status).toBe(200)
    })

    it('does not reveal it before the password is right', async ({ expect }) => {
      await configure({ authRule: null })

      expect((await app.post(path, { identity: email, password: 'wrong' })).body).toEqual(failed)
    })
  })

  it('rejects a superuser from an unlisted address', async ({ expect }) => {
    const superusers = '/api/collections/_superusers/auth-with-password'
    const body = { identity: 'admin@example.com', password }
    const home = { headers: { 'CF-Connecting-IP': '192.0.2.7' } }
    await app.patch(
      '/api/settings',
      { superuserIPs: ['192.0.2.0/24'] },
      { token: superuser.token, ...home },
    )

    const elsewhere = { headers: { 'CF-Connecting-IP': '198.51.100.7' } }
    const wrong = await app.post(superusers, { ...body, password: 'wrong' }, elsewhere)
    const right = await app.post(superusers, body, elsewhere)
    const atHome = await app.post(superusers, body, home)

    expect(wrong.body).toEqual(failed)
    expect(right).toMatchObject({
      status: 403,
      body: { message: 'You are not allowed to perform this request.' },
    })
    expect(atHome.status).toBe(200)
  })

  it('counts attempts exactly across isolates, before it hashes', async ({ expect }) => {
    const rule = { label: '*:auth', audience: '', duration: 60, maxRequests: 2 }
    const rateLimits = { enabled: true, rules: [rule] }
    await app.patch('/api/settings', { rateLimits }, { token: superuser.token })
    const elsewhere = createTestApp()
    const body = { identity: email, password: 'wrong' }
    const verify = vi.spyOn(passwords, 'verify')

    const headers = { 'CF-Connecting-IP': '192.0.2.7' }
    const statuses: number[] = []
    for (const isolate of [app, elsewhere, app, elsewhere]) {
      statuses.push((await isolate.post(path, body, { headers })).status)
    }

    expect(statuses).toEqual([400, 400, 429, 429])
    expect(verify.mock.calls.length).toBe(2)
  })

  it('replaces a bcrypt hash with argon2id after a successful sign-in', async ({ expect }) => {
    await storeHash(bcryptHash)

    const wrong = await app.post(path, { identity: email, password })
    const kept = await storedHash()
    const right = await app.post(path, { identity: email, password: 'password of old' })
    const replaced = await storedHash()
    const again = await app.post(path, { identity: email, password: 'password of old' })

    expect([wrong.status, right.status, again.status]).toEqual([400, 200, 200])
    expect(kept).toMatch(/^\$2a\$/)
    expect(replaced).toMatch(/^\$argon2id\$/)
  })

  it('keeps other sessions when it replaces a hash', async ({ expect }) => {
    await storeHash(bcryptHash)

    await app.post(path, { identity: email, password: 'password of old' })

    const refreshed = await app.post('/api/collections/users/auth-refresh', undefined, ada)
    expect(refreshed.status).toBe(200)
  })

  it('allows two concurrent sign-ins while it replaces a hash', async ({ expect }) => {
    await storeHash(bcryptHash)
    const body = { identity: email, password: 'password of old' }

    const answers = await Promise.all([app.post(path, body), app.post(path, body)])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })

  // The password was checked against a hash that has been replaced.
  it('rejects a sign-in if the password changes while it is checked', async ({ expect }) => {
    const verify = passwords.verify.bind(passwords)
    vi.spyOn(passwords, 'verify').mockImplementationOnce(async (hash, text) => {
      const isRight = await verify(hash, text)
      const another = { password: 'another-password', passwordConfirm: 'another-password' }
      await app.patch(`/api/collections/users/records/${ada.id}`, another, superuser)
      return isRight
    })

    expect((await app.post(path, { identity: email, password })).body).toEqual(failed)
  })

  it('returns no token if the session cannot be stored', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = createTestApp({
      SESSIONS: {
        ...bindings.SESSIONS,
        put: () => Promise.reject(new Error('KV is out of order')),
      } as unknown as KVNamespace,
    })

    const { status, body } = await broken.post(path, { identity: email, password })

    expect(status).toBe(503)
    expect(body).not.toHaveProperty('token')
  })

  it('removes overrides of expired sessions', async ({ expect }) => {
    await bindings.DB.batch(
      [1, 4_000_000_000].map((expires) =>
        bindings.DB.prepare(
          `INSERT INTO "_session_overrides" VALUES ('s' || ?1, 'c', 'r', NULL, ?1)`,
        ).bind(expires),
      ),
    )

    await signIn(app, 'users', email)

    const { results } = await bindings.DB.prepare(
      'SELECT "expires" FROM "_session_overrides"',
    ).all()
    expect(results).toEqual([{ expires: 4_000_000_000 }])
  })
})
