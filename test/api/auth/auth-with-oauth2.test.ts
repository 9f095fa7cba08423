import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import {
  acceptFakeProvider,
  createFakeProvider,
  type FakeProvider,
  fakeProviderOptions,
  linksOf,
  signInWithCode,
} from '../../support/fake-provider.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/auth-with-oauth2'

/** The user of most tests, with an address that the provider has verified. */
const ada = {
  sub: 'ada-1',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada',
  preferred_username: 'ada',
  picture: 'https://cdn.example.com/ada.png',
}

let app: TestApp
let superuser: SignedIn
let provider: FakeProvider
let warnings: unknown[]

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  await acceptFakeProvider(app, superuser.token, { mappedFields: { name: 'name' } })
  provider = createFakeProvider()
  warnings = []
  vi.spyOn(console, 'warn').mockImplementation((entry) => void warnings.push(entry))
})
afterEach(() => {
  vi.restoreAllMocks()
})

interface Success {
  readonly meta: Record<string, unknown>
  readonly record: { id: string; [field: string]: unknown }
  readonly token: string
}

function successOf({ status, body }: Answer): Success {
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body as Success
}

async function isLetIn(token: string, collection = 'users'): Promise<boolean> {
  const { status } = await app.post(`/api/collections/${collection}/auth-refresh`, undefined, {
    token,
  })
  return status === 200
}

async function hasPassword(email: string): Promise<boolean> {
  const { status } = await app.post('/api/collections/users/auth-with-password', {
    identity: email,
    password,
  })
  return status === 200
}

async function verify(id: string): Promise<void> {
  await app.patch(
    `/api/collections/users/records/${id}`,
    { verified: true },
    { token: superuser.token },
  )
}

describe('POST /api/collections/{c}/auth-with-oauth2', () => {
  it('creates an account for a user without one', async ({ expect }) => {
    const answer = await signInWithCode(app, provider.codeFor(ada))

    const { meta, record, token } = successOf(answer)
    expect(Object.keys(answer.body as object)).toEqual(['meta', 'record', 'token'])
    expect(record).toMatchObject({ email: 'ada@example.com', verified: true, name: 'Ada' })
    expect(meta).toEqual({
      accessToken: expect.any(String),
      avatarURL: 'https://cdn.example.com/ada.png',
      avatarUrl: 'https://cdn.example.com/ada.png',
      email: 'ada@example.com',
      expiry: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/),
      id: 'ada-1',
      isNew: true,
      name: 'Ada',
      rawUser: ada,
      refreshToken: 'refresh',
      username: 'ada',
    })
    expect(await linksOf(record.id)).toEqual(['oidc:ada-1'])
    expect(await isLetIn(token)).toBe(true)
  })

  it('signs in to the same account the next time, even with another address', async ({
    expect,
  }) => {
    const first = successOf(await signInWithCode(app, provider.codeFor(ada)))

    const next = successOf(
      await signInWithCode(app, provider.codeFor({ ...ada, email: 'new@example.com' })),
    )

    expect(next.record).toMatchObject({ id: first.record.id, email: 'ada@example.com' })
    expect(next.meta['isNew']).toBe(false)
  })

  it('sends the verifier and the redirect URL to the provider', async ({ expect }) => {
    await signInWithCode(app, provider.codeFor(ada), { codeVerifier: 'my-verifier' })

    const sent = new URLSearchParams(provider.requests[0]?.body)
    expect(sent.get('code_verifier')).toBe('my-verifier')
    expect(sent.get('redirect_uri')).toBe('https://app/')
  })

  it('accepts the older name of the redirect URL', async ({ expect }) => {
    await app.post(path, { provider: 'oidc', code: 'x', redirectUrl: 'https://old/' })

    expect(new URLSearchParams(provider.requests[0]?.body).get('redirect_uri')).toBe('https://old/')
  })

  it('accepts a form', async ({ expect }) => {
    const code = provider.codeFor(ada)

    const { status } = await app.post(path, new URLSearchParams({ provider: 'oidc', code }))

    expect(status).toBe(200)
  })

  it('costs three round trips and one write', async ({ expect }) => {
    await app.get('/api/collections/users/auth-methods')

    const created = await signInWithCode(app, provider.codeFor(ada))
    const known = await signInWithCode(app, provider.codeFor(ada))

    expect([created, known].map(tripsOf)).toEqual([
      '3 batches, 0 reads, 1 write',
      '3 batches, 0 reads, 1 write',
    ])
  })

  it('applies fields to the response', async ({ expect }) => {
    const { body } = await app.post(`${path}?fields=meta.isNew,record.email`, {
      provider: 'oidc',
      code: provider.codeFor(ada),
    })

    expect(body).toEqual({ meta: { isNew: true }, record: { email: 'ada@example.com' } })
  })
})

describe('it rejects', () => {
  it.for([
    {
      name: 'an empty body',
      body: {},
      codes: { code: 'validation_required', provider: 'validation_required' },
    },
    {
      name: 'an unknown provider',
      body: { provider: 'nope', code: 'x' },
      codes: { provider: 'validation_invalid_provider' },
    },
    {
      name: 'a provider that is not configured',
      body: { provider: 'github', code: 'x' },
      codes: { provider: 'validation_invalid_provider' },
    },
    {
      name: 'the name of a property',
      body: { provider: 'constructor', code: 'x' },
      codes: { provider: 'validation_invalid_provider' },
    },
    {
      name: 'a very long provider',
      body: { provider: 'x'.repeat(101), code: 'x' },
      codes: { provider: 'validation_length_too_long' },
    },
    { name: 'a code that is no text', body: { provider: 'oidc', code: 1 }, codes: {} },
    {
      name: 'data that is no object',
      body: { provider: 'oidc', code: 'x', createData: 'x' },
      codes: {},
    },
  ])('$name', async ({ body, codes }, { expect }) => {
    const answer = await app.post(path, body)

    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'An error occurred while loading the submitted data.' },
    })
    expect(codesOf(answer)).toEqual(codes)
    expect(provider.requests).toEqual([])
  })

  it('all requests while providers are turned off', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', { oauth2: { enabled: false } })

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toEqual({
      data: {},
      message: 'The collection is not configured to allow OAuth2 authentication.',
      status: 403,
    })
    expect(provider.requests).toEqual([])
  })

  it.for([
    { collection: 'nope', message: 'Missing or invalid collection context.' },
    { collection: '_externalAuths', message: 'Missing or invalid auth collection context.' },
  ])('$collection', async ({ collection, message }, { expect }) => {
    const { status, body } = await app.post(`/api/collections/${collection}/auth-with-oauth2`, {})

    expect({ status, body }).toMatchObject({ status: 404, body: { message } })
  })

  it('a code that is unknown to the provider, or was used', async ({ expect }) => {
    const code = provider.codeFor(ada)
    await signInWithCode(app, code)

    for (const dead of [code, 'never-issued']) {
      const { body } = await signInWithCode(app, dead)
      expect(body).toEqual({ data: {}, message: 'Failed to fetch OAuth2 token.', status: 400 })
    }
  })

  it('a failing provider, and logs the reason without secrets', async ({ expect }) => {
    await signInWithCode(app, 'never-issued')

    expect(warnings).toEqual([
      {
        oauth2: 'Failed to fetch OAuth2 token.',
        provider: 'oidc',
        reason: 'The token endpoint answered 400 invalid_grant',
      },
    ])
  })

  it.for([
    { name: 'an error', answer: () => new Response('', { status: 500 }) },
    { name: 'no JSON', answer: () => new Response('<html>') },
    { name: 'no object', answer: () => Response.json('x') },
    { name: 'no connection', answer: () => Promise.reject(new TypeError('unreachable')) },
  ])('a user address that answers $name', async ({ answer }, { expect }) => {
    provider.answer('https://id.example.com/me', answer)

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toEqual({ data: {}, message: 'Failed to fetch OAuth2 user.', status: 400 })
  })

  it('a user without an id, and creates no account', async ({ expect }) => {
    const answer = await signInWithCode(app, provider.codeFor({ ...ada, sub: '' }))

    expect(answer.body).toMatchObject({ message: 'Failed to authenticate.' })
    expect(codesOf(answer)).toEqual({ providerId: 'validation_required' })
    const users = await app.get('/api/collections/users/records', { token: superuser.token })
    expect(users.body).toMatchObject({ totalItems: 0 })
  })

  it('creating superusers, or signing them in', async ({ expect }) => {
    await acceptFakeProvider(app, superuser.token, { collection: '_superusers' })

    const { status } = await app.post('/api/collections/_superusers/auth-with-oauth2', {
      provider: 'oidc',
      code: provider.codeFor({ ...ada, email: 'admin@example.com' }),
    })

    expect(status).toBe(403)
    expect(await linksOf(superuser.id)).toEqual([])
  })

  it('a provider that does not respond', { timeout: 5000 }, async ({ expect }) => {
    const timeouts: number[] = []
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      timeouts.push(milliseconds)
      return AbortSignal.abort()
    })
    provider.answer('https://id.example.com/token', () => Promise.reject(new Error('aborted')))

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toMatchObject({ message: 'Failed to fetch OAuth2 token.' })
    expect(timeouts).toEqual([30_000])
    expect(provider.requests).toHaveLength(1)
  })
})

describe('a provider with unusual responses', () => {
  const tokenURL = 'https://id.example.com/token'
  const userInfoURL = 'https://id.example.com/me'
  const form = 'access_token=a%2Bb&token_type=bearer&expires_in=3600'
  const json = '{"access_token":"a+b"}'

  it.for([
    { name: 'a form', type: 'application/x-www-form-urlencoded', body: form },
    { name: 'a form in capitals', type: 'Application/X-WWW-Form-Urlencoded', body: form },
    { name: 'a form called plain text', type: 'text/plain; charset=utf-8', body: form },
    { name: 'a form with a second token', type: 'text/plain', body: `${form}&access_token=x` },
    { name: 'JSON called plain text', type: 'text/plain', body: json },
    { name: 'JSON called a form', type: 'application/x-www-form-urlencoded', body: json },
    { name: 'JSON of no type', type: '', body: json },
  ])('signs in with $name for a token', async ({ type, body }, { expect }) => {
    provider.answer(tokenURL, () => new Response(body, { headers: { 'Content-Type': type } }))
    provider.answer(userInfoURL, () => Response.json(ada))

    const answer = successOf(await signInWithCode(app, 'x'))

    expect(answer.record).toMatchObject({ verified: true })
    expect(answer.meta).toMatchObject({ accessToken: 'a+b' })
  })

  it.for([
    { name: 'an error', type: 'application/x-www-form-urlencoded', body: 'error=invalid_grant' },
    { name: 'nothing', type: 'text/plain', body: '' },
    { name: 'a form of another type', type: 'text/html', body: form },
    { name: 'a blank token', type: 'text/plain', body: 'access_token=' },
  ])('does not sign in with $name for a token', async ({ type, body }, { expect }) => {
    provider.answer(tokenURL, () => new Response(body, { headers: { 'Content-Type': type } }))
    provider.answer(userInfoURL, () => Response.json(ada))

    const { status, body: refusal } = await signInWithCode(app, 'x')

    expect([status, refusal]).toMatchObject([400, { message: 'Failed to fetch OAuth2 token.' }])
  })

  it.for([301, 302, 303, 307, 308])(
    'is followed by %d within its origin',
    async (status, { expect }) => {
      const headers = { Location: '/users/me?v=2' }
      provider.answer(userInfoURL, () => new Response(null, { status, headers }))

      const { record } = successOf(await signInWithCode(app, provider.codeFor(ada)))

      expect(record).toMatchObject({ verified: true })
      expect(provider.requests.map(({ line }) => line)).toContain(
        'GET https://id.example.com/users/me?v=2',
      )
    },
  )

  it.for([
    'https://other.example.com/me',
    '//other.example.com/me',
    'http://id.example.com/me',
    'https://id.example.com:8443/me',
    'https://id.example.com.evil.example/me',
    'https://id.example.com@evil.example/me',
    'http://169.254.169.254/latest/meta-data/',
    'data:application/json,{"sub":"x"}',
    'https://',
  ])('is not followed to %s, which the token is not for', async (Location, { expect }) => {
    const response = () => new Response(null, { status: 302, headers: { Location } })
    provider.answer(userInfoURL, response)

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toMatchObject({ message: 'Failed to fetch OAuth2 user.' })
    expect(provider.requests.at(-1)?.line).toBe(`GET ${userInfoURL}`)
  })

  it('is followed a limited number of times', async ({ expect }) => {
    const headers = { Location: userInfoURL }
    provider.answer(userInfoURL, () => new Response(null, { status: 302, headers }))

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toMatchObject({ message: 'Failed to fetch OAuth2 user.' })
    expect(provider.requests).toHaveLength(1 + 6)
  })

  it('does not send its token to the target of a redirect', async ({ expect }) => {
    const headers = { Location: 'https://other.example.com/token' }
    provider.answer(tokenURL, () => new Response(null, { status: 307, headers }))

    const { body } = await signInWithCode(app, 'x')

    expect(body).toMatchObject({ message: 'Failed to fetch OAuth2 token.' })
    expect(new Set(provider.requests.map(({ line }) => line))).toEqual(
      new Set([`POST ${tokenURL}`]),
    )
  })
})

describe('a new account', () => {
  it('has the client’s values, then the provider’s', async ({ expect }) => {
    const createData = { name: 'Countess', emailVisibility: true }

    const answer = await signInWithCode(app, provider.codeFor(ada), { createData })

    expect(successOf(answer).record).toMatchObject({
      name: 'Countess',
      emailVisibility: true,
      email: 'ada@example.com',
      verified: true,
    })
  })

  it('is not verified by an address from the client', async ({ expect }) => {
    const createData = { email: 'other@example.com' }

    const answer = await signInWithCode(app, provider.codeFor(ada), { createData })

    expect(successOf(answer).record).toMatchObject({
      email: 'other@example.com',
      verified: false,
    })
  })

  it('cannot be verified by the client, nor see hidden fields set', async ({ expect }) => {
    const createData = { verified: true, tokenKey: 'k'.repeat(50) }

    const answer = await signInWithCode(app, provider.codeFor(ada), { createData })

    expect(codesOf(answer)).toEqual({ verified: 'validation_values_mismatch' })
  })

  it('has the given password if it is confirmed', async ({ expect }) => {
    const mistyped = { password, passwordConfirm: 'x' }
    const refused = await signInWithCode(app, provider.codeFor(ada), { createData: mistyped })
    const createData = { password, passwordConfirm: password }
    const answer = await signInWithCode(app, provider.codeFor(ada), { createData })

    expect(codesOf(refused)).toEqual({ passwordConfirm: 'validation_values_mismatch' })
    successOf(answer)
    expect(await hasPassword('ada@example.com')).toBe(true)
  })

  it('has a random password, whatever the rules for passwords', async ({ expect }) => {
    const { body } = await app.get('/api/collections/users', { token: superuser.token })
    const fields = (body as { fields: { name: string }[] }).fields.map((field) =>
      field.name === 'password' ? { ...field, min: 40, pattern: '^never$' } : field,
    )
    await changeCollection(app, superuser.token, 'users', { fields })

    expect((await signInWithCode(app, provider.codeFor(ada))).status).toBe(200)
  })

  it('needs an address verified by the provider, if one is required', async ({ expect }) => {
    const unproven = { ...ada, email_verified: false }

    const answer = await signInWithCode(app, provider.codeFor(unproven))

    expect(answer.body).toMatchObject({ message: 'Failed to create record.' })
    expect(codesOf(answer)).toEqual({ email: 'validation_required' })
  })

  it('is created if the create rule allows it in the context oauth2', async ({ expect }) => {
    const makeRule = (createRule: string | null): Promise<void> =>
      changeCollection(app, superuser.token, 'users', { createRule })

    await makeRule(null)
    const locked = await signInWithCode(app, provider.codeFor(ada))
    await makeRule("@request.context = 'default'")
    const refused = await signInWithCode(app, provider.codeFor(ada))
    await makeRule("@request.context = 'oauth2' && @request.body.name = 'Ada'")
    const allowed = await signInWithCode(app, provider.codeFor(ada))

    expect(locked.body).toMatchObject({
      status: 403,
      message: 'Only superusers can perform this action.',
    })
    expect(refused.body).toMatchObject({ status: 400, message: 'Failed to create record.' })
    expect(allowed.status).toBe(200)
  })

  it('is kept if the auth rule rejects it', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', { authRule: "name = 'approved'" })

    const { body } = await signInWithCode(app, provider.codeFor(ada))

    expect(body).toMatchObject({ status: 403 })
    const users = await app.get('/api/collections/users/records', { token: superuser.token })
    expect(users.body).toMatchObject({ totalItems: 1 })
  })

  it('gets the provider’s data in mapped fields', async ({ expect }) => {
    await createCollections(app, superuser.token, {
      name: 'members',
      type: 'auth',
      fields: ['externalId', 'nick', 'picture'].map((name) => ({
        type: 'text',
        name,
        pattern: name === 'nick' ? '^[a-z]+$' : '',
      })),
      indexes: [
        "CREATE UNIQUE INDEX `idx_nick` ON `members` (`nick` COLLATE NOCASE) WHERE `nick` != ''",
      ],
    })
    await acceptFakeProvider(app, superuser.token, {
      collection: 'members',
      mappedFields: { id: 'externalId', username: 'nick', avatarURL: 'picture' },
    })
    const join = async (user: typeof ada): Promise<Success> =>
      successOf(
        await app.post('/api/collections/members/auth-with-oauth2', {
          provider: 'oidc',
          code: provider.codeFor(user),
        }),
      )

    const first = await join(ada)
    const taken = await join({
      ...ada,
      sub: '2',
      email: 'b@example.com',
      preferred_username: 'ADA',
    })
    const odd = await join({ ...ada, sub: '3', email: 'c@example.com', preferred_username: 'a b' })

    expect(first.record).toMatchObject({
      externalId: 'ada-1',
      nick: 'ada',
      picture: 'https://cdn.example.com/ada.png',
    })
    expect(taken.record['nick']).toBe('')
    expect(odd.record['nick']).toBe('')
  })
})

describe('an existing account', () => {
  it('is found by an address verified by the provider', async ({ expect }) => {
    const owner = await signUp(app, ada.email)
    await verify(owner.id)

    const { meta, record } = successOf(await signInWithCode(app, provider.codeFor(ada)))

    expect(record.id).toBe(owner.id)
    expect(meta['isNew']).toBe(false)
    expect(await linksOf(owner.id)).toEqual(['oidc:ada-1'])
    expect(await hasPassword(ada.email)).toBe(true)
  })

  // The provider lets users claim any address, so an unverified one must not find an account.
  it('is not found by an unverified address', async ({ expect }) => {
    const owner = await signUp(app, ada.email)
    await verify(owner.id)

    const answer = await signInWithCode(
      app,
      provider.codeFor({ ...ada, sub: 'mallory', email_verified: false }),
    )

    expect(answer.status).toBe(400)
    expect(await linksOf(owner.id)).toEqual([])
  })

  // The pre-hijacking attack: Mallory registers Ada's address and waits for Ada to sign in.
  it('is taken from an attacker who registered the address in advance', async ({ expect }) => {
    const mallory = await signUp(app, ada.email)
    const malloryAtProvider = {
      sub: 'mallory-1',
      email: 'mallory@example.com',
      email_verified: true,
    }
    const linked = await signInWithCode(app, provider.codeFor(malloryAtProvider), {}, mallory.token)
    const another = await signIn(app, 'users', ada.email)
    const tokens = [mallory.token, another.token, successOf(linked).token]
    expect(successOf(linked).record.id).toBe(mallory.id)

    const answer = successOf(await signInWithCode(app, provider.codeFor(ada)))

    expect(answer.record).toMatchObject({ id: mallory.id, email: ada.email, verified: true })
    expect(await isLetIn(answer.token)).toBe(true)
    for (const token of tokens) expect(await isLetIn(token)).toBe(false)
    expect(await hasPassword(ada.email)).toBe(false)
    expect(await linksOf(mallory.id)).toEqual(['oidc:ada-1'])
    const again = successOf(await signInWithCode(app, provider.codeFor(malloryAtProvider)))
    expect(again.record.id).not.toBe(mallory.id)
  })

  it('loses the mailed links of the attacker', async ({ expect }) => {
    const mallory = await signUp(app, ada.email)
    const tokenKey = (): Promise<string | null> =>
      bindings.DB.prepare('SELECT "tokenKey" FROM "users" WHERE "id" = ?')
        .bind(mallory.id)
        .first('tokenKey')
    const before = await tokenKey()

    successOf(await signInWithCode(app, provider.codeFor(ada)))

    expect(await tokenKey()).not.toBe(before)
  })

  it('is linked by a caller who is signed in to it, and keeps its password', async ({ expect }) => {
    const owner = await signUp(app, 'owner@example.com')

    const answer = await signInWithCode(app, provider.codeFor(ada), {}, owner.token)

    expect(successOf(answer).record).toMatchObject({
      id: owner.id,
      email: 'owner@example.com',
      verified: false,
    })
    expect(await linksOf(owner.id)).toEqual(['oidc:ada-1'])
    expect(await hasPassword('owner@example.com')).toBe(true)
    expect(await isLetIn(owner.token)).toBe(true)
  })

  it('is verified by its own address, and its owner stays signed in', async ({ expect }) => {
    const owner = await signUp(app, ada.email)
    const other = { sub: 'other', email: 'other@example.com', email_verified: true }
    await signInWithCode(app, provider.codeFor(other), {}, owner.token)

    const answer = await signInWithCode(app, provider.codeFor(ada), {}, owner.token)

    expect(successOf(answer).record).toMatchObject({ id: owner.id, verified: true })
    expect(await linksOf(owner.id)).toEqual(['oidc:ada-1'])
    expect(await isLetIn(owner.token)).toBe(true)
    expect(await hasPassword(ada.email)).toBe(true)
  })

  it('is not linked by a caller of another collection', async ({ expect }) => {
    const answer = await signInWithCode(app, provider.codeFor(ada), {}, superuser.token)

    expect(successOf(answer).meta['isNew']).toBe(true)
    expect(await linksOf(superuser.id)).toEqual([])
  })

  it('that is linked has precedence over the caller’s', async ({ expect }) => {
    const linked = successOf(await signInWithCode(app, provider.codeFor(ada)))
    const caller = await signUp(app, 'caller@example.com')

    const answer = await signInWithCode(app, provider.codeFor(ada), {}, caller.token)

    expect(successOf(answer).record.id).toBe(linked.record.id)
    expect(await linksOf(caller.id)).toEqual([])
  })

  it('without an address gets the provider’s', async ({ expect }) => {
    const { body } = await app.get('/api/collections/users', { token: superuser.token })
    const fields = (body as { fields: { name: string }[] }).fields.map((field) =>
      field.name === 'email' ? { ...field, required: false } : field,
    )
    await changeCollection(app, superuser.token, 'users', { fields })
    const nameless = { ...ada, email_verified: false }
    const first = successOf(await signInWithCode(app, provider.codeFor(nameless)))

    const next = successOf(await signInWithCode(app, provider.codeFor(ada)))

    expect(first.record['email']).toBe('')
    expect(next.record).toMatchObject({ id: first.record.id, email: ada.email, verified: true })
  })

  it('is rejected if its new address belongs to another account', async ({ expect }) => {
    const linked = successOf(
      await signInWithCode(app, provider.codeFor({ ...ada, email: 'first@example.com' })),
    )
    await bindings.DB.prepare(`UPDATE "users" SET "email" = '' WHERE "id" = ?`)
      .bind(linked.record.id)
      .run()
    await signUp(app, ada.email)

    const answer = await signInWithCode(app, provider.codeFor(ada))

    expect(answer.body).toMatchObject({ status: 400, message: 'Failed to authenticate.' })
    expect(codesOf(answer)).toEqual({ email: 'validation_not_unique' })
  })

  it('is linked to at most one user of a provider', async ({ expect }) => {
    await app.get('/api/collections/users/auth-methods')
    const linked = successOf(await signInWithCode(app, provider.codeFor(ada)))

    const answer = await signInWithCode(app, provider.codeFor({ ...ada, sub: 'ada-2' }))

    expect(answer.body).toMatchObject({ status: 400, message: 'Failed to authenticate.' })
    expect(Object.keys(codesOf(answer))).toEqual(['collectionRef', 'provider', 'recordRef'])
    expect(tripsOf(answer)).toBe('3 batches, 0 reads, 0 writes')
    expect(await linksOf(linked.record.id)).toEqual(['oidc:ada-1'])
  })

  it('needs a second factor if the collection requires one', async ({ expect }) => {
    const owner = await signUp(app, ada.email)
    await verify(owner.id)
    await changeCollection(app, superuser.token, 'users', {
      mfa: { enabled: true, duration: 600, rule: '' },
    })

    const challenge = await signInWithCode(app, provider.codeFor(ada))
    const { mfaId } = challenge.body as { mfaId: string }
    const same = await signInWithCode(app, provider.codeFor(ada), { mfaId })
    const { status } = await app.post('/api/collections/users/auth-with-password', {
      identity: ada.email,
      password,
      mfaId,
    })

    expect(challenge.status).toBe(401)
    expect(challenge.body).toEqual({ mfaId: expect.any(String) })
    expect(same.body).toMatchObject({
      message: 'A different authentication method is required.',
    })
    expect(status).toBe(200)
  })
})

describe('races', () => {
  it('accepts one of two requests with the same code', async ({ expect }) => {
    const code = provider.codeFor(ada)

    const answers = await Promise.all([signInWithCode(app, code), signInWithCode(app, code)])

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]))
  })

  it('creates one account for two concurrent first sign-ins', async ({ expect }) => {
    const isolates = [createTestApp(), createTestApp(), createTestApp()]

    const answers = await Promise.all(
      isolates.map((isolate) => signInWithCode(isolate, provider.codeFor(ada))),
    )

    const ids = new Set(answers.map((answer) => successOf(answer).record.id))
    expect(ids.size).toBe(1)
    expect(answers.filter((answer) => successOf(answer).meta['isNew'])).toHaveLength(1)
  })

  it('links one account for two concurrent links of the same user', async ({ expect }) => {
    const [first, second] = [await signUp(app, 'a@example.com'), await signUp(app, 'b@example.com')]

    const answers = await Promise.all(
      [first, second].map(({ token }) =>
        signInWithCode(createTestApp(), provider.codeFor(ada), {}, token),
      ),
    )

    const links = [...(await linksOf(first.id)), ...(await linksOf(second.id))]
    expect(links).toEqual(['oidc:ada-1'])
    const winners = new Set(answers.map((answer) => successOf(answer).record.id))
    expect(winners.size).toBe(1)
  })

  it('does not link for a caller whose session ends meanwhile', async ({ expect }) => {
    const owner = await signUp(app, 'owner@example.com')
    provider.answer('https://id.example.com/me', async () => {
      await app.post('/api/collections/users/logout', undefined, { token: owner.token })
      return Response.json(ada)
    })

    const answer = successOf(await signInWithCode(app, provider.codeFor(ada), {}, owner.token))

    expect(answer.record.id).not.toBe(owner.id)
    expect(await linksOf(owner.id)).toEqual([])
  })
})

describe('enumeration', () => {
  it('queries the provider first, whether the account exists or not', async ({ expect }) => {
    const owner = await signUp(app, ada.email)
    await verify(owner.id)
    const stranger = { ...ada, sub: 's', email: 'nobody@example.com', email_verified: false }

    const answers = [
      await signInWithCode(app, provider.codeFor({ ...ada, email_verified: false })),
      await signInWithCode(app, provider.codeFor(stranger)),
    ]

    expect(answers[0]?.body).toEqual(answers[1]?.body)
    expect(answers[0]?.status).toBe(answers[1]?.status)
    expect(new Set(answers.map(tripsOf)).size).toBe(1)
  })
})

describe('several providers', () => {
  it('have separate users, even with the same ids', async ({ expect }) => {
    await acceptFakeProvider(app, superuser.token, {
      providers: [fakeProviderOptions(), fakeProviderOptions({ name: 'oidc2' })],
    })
    const first = successOf(await signInWithCode(app, provider.codeFor(ada)))

    const second = successOf(
      await signInWithCode(app, provider.codeFor({ ...ada, email: 'b@example.com' }), {
        provider: 'oidc2',
      }),
    )

    expect(second.record.id).not.toBe(first.record.id)
  })
})
