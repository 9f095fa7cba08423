import { beforeEach, describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/auth-methods'

let app: TestApp
let token: string

beforeEach(async () => {
  app = createTestApp()
  token = (await signInSuperuser(app)).token
})

describe('GET /api/collections/{c}/auth-methods', () => {
  it('equals PocketBase’s response for a new collection, byte for byte', async ({ expect }) => {
    const response = await app.fetch(`http://127.0.0.1:8787${path}`)

    expect((await response.text()).trimEnd()).toBe(
      '{"password":{"identityFields":["email"],"enabled":true},' +
        '"oauth2":{"providers":[],"enabled":false},' +
        '"mfa":{"enabled":false,"duration":0},"otp":{"enabled":false,"duration":0},' +
        '"authProviders":null,"usernamePassword":false,"emailPassword":true}',
    )
  })

  it('names no identity field where passwords are turned off', async ({ expect }) => {
    await app.patch('/api/collections/users', { passwordAuth: { enabled: false } }, { token })

    expect((await app.get(path)).body).toMatchObject({
      password: { identityFields: [], enabled: false },
      emailPassword: false,
    })
  })

  it('creates an authorization for every configured provider', async ({ expect }) => {
    const credentials = { clientId: 'cid', clientSecret: 'secret' }
    const providers = [
      { name: 'github', ...credentials },
      { name: 'vk', ...credentials },
    ]
    await app.patch('/api/collections/users', { oauth2: { enabled: true, providers } }, { token })

    const { body } = await app.get(path)

    const { oauth2, authProviders } = body as {
      oauth2: { providers: Record<string, string>[] }
      authProviders: Record<string, string>[]
    }
    expect(Object.keys(oauth2.providers[0] ?? {})).toEqual([
      'name',
      'displayName',
      'logo',
      'state',
      'authURL',
      'authUrl',
      'codeVerifier',
      'codeChallenge',
      'codeChallengeMethod',
    ])
    expect(oauth2.providers.map(({ name }) => name)).toEqual(['github', 'vk'])
    expect(authProviders).toEqual(oauth2.providers.map((entry) => ({ ...entry, logo: '' })))
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  it('applies the projection of the official client', async ({ expect }) => {
    const { body } = await app.get(`${path}?fields=mfa,otp,password,oauth2`)

    expect(Object.keys(body as object)).toEqual(['mfa', 'oauth2', 'otp', 'password'])
  })

  it('refuses a collection that has no accounts', async ({ expect }) => {
    expect(await app.get('/api/collections/nothing/auth-methods')).toMatchObject({
      status: 404,
      body: { message: 'Missing or invalid collection context.' },
    })
    expect(await app.get('/api/collections/_mfas/auth-methods')).toMatchObject({
      status: 404,
      body: { message: 'Missing or invalid auth collection context.' },
    })
  })
})
