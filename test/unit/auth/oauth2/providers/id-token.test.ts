import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { idTokenClaims as readIdToken } from '#auth/oauth2/providers/id-token.ts'
import { configuredProvider, type Provider } from '#auth/oauth2/providers/provider.ts'
import { type SignedIdToken, signedIdToken } from './id-tokens.ts'

const issuer = 'https://issuer.test'
const jwksURL = 'https://issuer.test/keys'
const now = Math.floor(Date.now() / 1000)

let provider: Provider
let keySet: unknown

beforeEach(() => {
  const configured = configuredProvider({
    name: 'oidc',
    pkce: null,
    clientId: 'cid',
    clientSecret: 'shh',
    authURL: `${issuer}/auth`,
    tokenURL: `${issuer}/token`,
    userInfoURL: '',
    displayName: '',
    extra: { issuers: [issuer], jwksURL },
  })
  if (configured === undefined) throw new Error('oidc does not exist.')
  provider = configured
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const isKeySet = new Request(input).url === jwksURL
    return isKeySet ? Response.json(keySet) : new Response('', { status: 404 })
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function read(idToken: unknown, nonce = ''): Promise<unknown> {
  const token = {
    accessToken: 'at',
    refreshToken: '',
    expiresAt: undefined,
    answer: { access_token: 'at', id_token: idToken },
  }
  return await readIdToken(provider, token, nonce, AbortSignal.timeout(5000))
}

async function sign(
  claims: Readonly<Record<string, unknown>> = {},
  options: Parameters<typeof signedIdToken>[1] = {},
): Promise<SignedIdToken> {
  const signed = await signedIdToken({ aud: 'cid', ...claims }, options)
  keySet = signed.keys
  return signed
}

/** The same string with one bit of one character flipped. */
function flipped(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const middle = text.length >> 1
  const value = alphabet.indexOf(text[middle] ?? 'A')
  return text.slice(0, middle) + (alphabet[value ^ 1] ?? 'A') + text.slice(middle + 1)
}

describe('an id_token', () => {
  it.for(['RS256', 'ES256'] as const)('is valid if signed with %s', async (alg, { expect }) => {
    const { token } = await sign({}, { alg })

    expect(await read(token)).toMatchObject({ sub: 'sub-1', aud: 'cid', iss: issuer })
  })

  it.for([
    { part: 'header', at: 0 },
    { part: 'claims', at: 1 },
    { part: 'signature', at: 2 },
  ])('does not hold with a bit of its $part flipped', async ({ at }, { expect }) => {
    const { token } = await sign()
    const tampered = token
      .split('.')
      .map((part, index) => (index === at ? flipped(part) : part))
      .join('.')

    await expect(read(tampered)).rejects.toThrow()
  })

  it.for([
    { name: 'another audience', claims: { aud: 'other' } },
    { name: 'more audiences, of whom it names none as the asker', claims: { aud: ['cid', 'x'] } },
    { name: 'another issuer', claims: { iss: 'https://evil.test' } },
    { name: 'no issuer', claims: { iss: undefined } },
    { name: 'no subject', claims: { sub: undefined } },
    { name: 'no expiry', claims: { exp: undefined } },
    { name: 'an expiry six minutes ago', claims: { exp: now - 360 } },
    { name: 'a start in six minutes', claims: { nbf: now + 360 } },
    { name: 'an issue in six minutes', claims: { iat: now + 360, exp: now + 900 } },
    { name: 'texts for times', claims: { exp: String(now + 60) } },
  ])('does not hold with $name', async ({ claims }, { expect }) => {
    const { token } = await sign(claims)

    await expect(read(token)).rejects.toThrow()
  })

  it.for([
    { name: 'an expiry four minutes ago', claims: { exp: now - 240 } },
    { name: 'an issue in four minutes', claims: { iat: now + 240 } },
    { name: 'a list of one audience', claims: { aud: ['cid'] } },
  ])('holds with $name', async ({ claims }, { expect }) => {
    const { token } = await sign(claims)

    expect(await read(token)).toMatchObject({ sub: 'sub-1' })
  })

  it('is invalid without a signature', async ({ expect }) => {
    await sign()
    const claims = { sub: 'sub-1', iss: issuer, aud: 'cid', iat: now, exp: now + 60 }

    await expect(read(new UnsecuredJWT(claims).encode())).rejects.toThrow()
  })

  // Anyone who knows the client's secret could sign such a token, including the client.
  it("is invalid if signed with the client's secret", async ({ expect }) => {
    provider = { ...provider, idToken: { issuers: [issuer], jwksURL: '' } }
    const token = await new SignJWT({ sub: 'x', iss: issuer, aud: 'cid', iat: now, exp: now + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('shh'.padEnd(32, '.')))

    await expect(read(token)).rejects.toThrow()
  })

  it.for([
    { name: 'another key of the same name', keys: async () => (await signedIdToken({})).keys },
    { name: 'no keys', keys: async () => ({ keys: [] }) },
    { name: 'nonsense for keys', keys: async () => 'nonsense' },
  ])('does not hold against $name', async ({ keys }, { expect }) => {
    const { token } = await sign()
    keySet = await keys()

    await expect(read(token)).rejects.toThrow()
  })

  it('must repeat a nonce, and may have an unexpected one', async ({ expect }) => {
    const { token } = await sign({ nonce: 'n' })

    await expect(read(token, 'other')).rejects.toThrow()
    expect(await read(token, 'n')).toMatchObject({ nonce: 'n' })
    expect(await read(token)).toMatchObject({ nonce: 'n' })
  })

  it.for([undefined, '', 'a.b', 1])('is required, and cannot be %s', async (text, { expect }) => {
    await expect(read(text)).rejects.toThrow()
  })
})
