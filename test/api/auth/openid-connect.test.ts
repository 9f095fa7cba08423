import { afterEach, beforeEach, describe, inject, it, vi } from 'vitest'
import { type SignedIn, signInSuperuser } from '../../support/accounts.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'
import { oidcClients } from '../../support/oidc-setup.ts'
import { changeCollection } from '../../support/collections.ts'

/*
 * The whole flow with a real provider: from the URL that a collection offers, through the
 * provider's redirects, to the sign-in with its code.
 */

const { issuer } = inject('oidc')
const redirectURL = 'https://app.example.com/callback'

let app: TestApp
let superuser: SignedIn

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  await configure()
})

afterEach(() => {
  vi.restoreAllMocks()
})

type Options = Readonly<Record<string, unknown>>

async function configure(options: Options = {}): Promise<void> {
  const { id, secret } = oidcClients.application
  const provider = {
    name: 'oidc',
    clientId: id,
    clientSecret: secret,
    authURL: `${issuer}/auth`,
    tokenURL: `${issuer}/token`,
    userInfoURL: `${issuer}/me`,
    ...options,
  }
  await changeCollection(app, superuser.token, 'users', {
    oauth2: { enabled: true, providers: [provider], mappedFields: { name: 'name' } },
  })
}

/** Reads the user from the id_token, with a verified signature. */
function fromIdToken(extra: Options = {}): Options {
  return { userInfoURL: '', extra: { jwksURL: `${issuer}/jwks`, issuers: [issuer], ...extra } }
}

/** The client's state during the flow. */
interface Visit {
  readonly code: string
  readonly state: string
  readonly sentState: string
  readonly codeVerifier: string
}

/** Sends a user to the provider and returns the result. */
async function visit(
  user: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Visit> {
  const { body } = await app.get('/api/collections/users/auth-methods')
  const [provider] = (
    body as { oauth2: { providers: { authURL: string; state: string; codeVerifier: string }[] } }
  ).oauth2.providers
  if (provider === undefined) throw new Error('No provider is offered.')

  const hints = new URLSearchParams({ login_hint: user, ...parameters })
  const start = `${provider.authURL}${encodeURIComponent(redirectURL)}&${hints.toString()}`
  const end = new URL(await followRedirects(start))
  return {
    code: end.searchParams.get('code') ?? '',
    state: end.searchParams.get('state') ?? '',
    sentState: provider.state,
    codeVerifier: provider.codeVerifier,
  }
}

/** Follows redirects like a browser, with cookies, until they leave the provider. */
async function followRedirects(start: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  while (url.startsWith(issuer)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { Cookie: cookie } })
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('Location')
    if (location === null) throw new Error(`The provider stopped: ${await response.text()}`)
    url = new URL(location, url).href
  }
  return url
}

async function signIn(
  { code, codeVerifier }: Visit,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return await app.post('/api/collections/users/auth-with-oauth2', {
    ...{ provider: 'oidc', code, codeVerifier, redirectURL },
    ...changes,
  })
}

const noToken = { data: {}, message: 'Failed to fetch OAuth2 token.', status: 400 }
const noUser = { data: {}, message: 'Failed to fetch OAuth2 user.', status: 400 }

describe('a sign-in with a real provider', () => {
  it.for([
    { name: 'by its user address', options: {} },
    { name: 'by its id_token', options: fromIdToken() },
    { name: 'by its id_token, from wherever it is', options: { userInfoURL: '' } },
    {
      name: 'to a client with credentials in the body',
      options: {
        clientId: oidcClients.postingApplication.id,
        clientSecret: oidcClients.postingApplication.secret,
      },
    },
  ])('knows the user $name', async ({ options }, { expect }) => {
    await configure(options)

    const { status, body } = await signIn(await visit('ada'))

    expect(status).toBe(200)
    expect(body).toMatchObject({
      meta: { id: 'ada', email: 'ada@example.com', name: 'ada at the provider', isNew: true },
      record: { email: 'ada@example.com', verified: true, name: 'ada at the provider' },
    })
  })

  it('does not use an unverified address', async ({ expect }) => {
    const { body } = await signIn(await visit('unproven-ada'))

    expect(body).toMatchObject({ data: { email: { code: 'validation_required' } } })
  })

  it('returns the state of the request', async ({ expect }) => {
    const { state, sentState } = await visit('ada')

    expect(sentState).toMatch(/^\w{30}$/)
    expect(state).toBe(sentState)
  })
})

describe('the code', () => {
  it.for([
    { name: 'another verifier', changes: { codeVerifier: 'v'.repeat(43) } },
    { name: 'no verifier', changes: { codeVerifier: '' } },
    { name: 'another redirect', changes: { redirectURL: 'https://evil.example.com/' } },
    { name: 'another code', changes: { code: 'c'.repeat(43) } },
  ])('is worth nothing with $name', async ({ changes }, { expect }) => {
    const { body } = await signIn(await visit('ada'), changes)

    expect(body).toEqual(noToken)
  })

  it('is invalid the second time', async ({ expect }) => {
    const visited = await visit('ada')

    const first = await signIn(visited)
    const second = await signIn(visited)

    expect(first.status).toBe(200)
    expect(second.body).toEqual(noToken)
  })

  it('is invalid after it expired', { timeout: 30_000 }, async ({ expect }) => {
    const { id, secret } = oidcClients.hastyApplication
    await configure({ clientId: id, clientSecret: secret })
    // A code is valid for a second, which may pass on a busy machine.
    const fresh = await vi.waitUntil(
      async () => {
        const answer = await signIn(await visit('ada'))
        return answer.status === 200 && answer
      },
      { timeout: 20_000 },
    )
    const visited = await visit('ada')
    // The provider's clock cannot be faked.
    await new Promise((resolve) => setTimeout(resolve, 2100))

    const late = await signIn(visited)

    expect(fresh.status).toBe(200)
    expect(late.body).toEqual(noToken)
  })

  it('is invalid for a client with another secret', async ({ expect }) => {
    const visited = await visit('ada')
    await configure({ clientSecret: 'guessed' })

    expect((await signIn(visited)).body).toEqual(noToken)
  })
})

describe('the id_token', () => {
  it('must have the nonce of the request', async ({ expect }) => {
    await configure(fromIdToken())

    const wrong = await signIn(await visit('ada', { nonce: 'sent' }), { nonce: 'other' })
    const missing = await signIn(await visit('ada'), { nonce: 'sent' })
    const right = await signIn(await visit('ada', { nonce: 'sent' }), { nonce: 'sent' })
    const withoutNonce = await signIn(await visit('ada', { nonce: 'sent' }))

    expect(wrong.body).toEqual(noUser)
    expect(missing.body).toEqual(noUser)
    expect([right.status, withoutNonce.status]).toEqual([200, 200])
  })

  it('must have an accepted issuer', async ({ expect }) => {
    await configure(fromIdToken({ issuers: ['https://other.example.com'] }))
    const wrong = await signIn(await visit('ada'))
    await configure(fromIdToken({ issuers: ['https://other.example.com', issuer] }))
    const right = await signIn(await visit('ada'))

    expect(wrong.body).toEqual(noUser)
    expect(right.status).toBe(200)
  })

  it('must be for this client', async ({ expect }) => {
    const visited = await visit('ada')
    await configure({
      ...fromIdToken(),
      clientId: 'somebody-else',
      tokenURL: `${issuer}/token-of-another-client`,
    })

    expect((await signIn(visited)).body).toEqual(noUser)
  })

  it('must be signed with a current key of the provider', async ({ expect }) => {
    await configure(fromIdToken({ jwksURL: `${issuer}/withdrawn-keys` }))

    expect((await signIn(await visit('ada'))).body).toEqual(noUser)
  })

  it('may be signed with a new key of the provider', async ({ expect }) => {
    await configure(fromIdToken())
    const before = await signIn(await visit('ada'))
    await fetch(`${issuer}/rotate`)

    const after = await signIn(await visit('ada'))

    expect([before.status, after.status]).toEqual([200, 200])
  })
})

describe('the state', () => {
  it('without a waiting client redirects to the failure page', async ({ expect }) => {
    const { code } = await visit('ada')

    const { status, headers } = await app.get(`/api/oauth2-redirect?state=guessed&code=${code}`)

    expect(status).toBe(307)
    expect(headers.get('Location')).toBe('../_/auth/oauth2-redirect-failure')
  })
})
