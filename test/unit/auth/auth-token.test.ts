import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { type AuthClaims, type AuthCollection, createAuthTokens } from '#auth/auth-token.ts'
import { unknownFacts } from '#http/session-facts.ts'

const secret = 's'.repeat(50)

function collection(id = 'users_id', key = secret): AuthCollection {
  return { id, auth: { authToken: { secret: key, duration: 60 } } } as AuthCollection
}

const claims: AuthClaims = {
  collectionId: 'users_id',
  recordId: 'record_id',
  sessionId: 'session_id',
  isRefreshable: true,
  expiresAt: new Date('2026-11-22T12:00:00Z'),
  facts: {
    authTime: 1_795_000_000,
    mfaTime: 1_795_000_001,
    methods: ['password', 'totp'],
    startedAt: 1_794_000_000,
    actor: { collectionId: 'superusers_id', id: 'superuser_id' },
  },
}

const payload = {
  act: { collectionId: 'superusers_id', id: 'superuser_id' },
  amr: ['password', 'totp'],
  auth_time: 1_795_000_000,
  collectionId: 'users_id',
  exp: claims.expiresAt.getTime() / 1000,
  id: 'record_id',
  mfa_time: 1_795_000_001,
  refreshable: true,
  sid: 'session_id',
  sst: 1_794_000_000,
  type: 'auth',
}

/** A token that another program might create. */
async function forged(
  changes: Readonly<Record<string, unknown>>,
  { alg = 'HS256', key = secret }: { alg?: string; key?: string } = {},
): Promise<string> {
  return await new SignJWT({ ...payload, ...changes })
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(new TextEncoder().encode(key))
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T11:00:00Z'), toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('createAuthTokens', () => {
  it('signs the claims that official clients read, in PocketBase’s order', async ({ expect }) => {
    const token = await createAuthTokens().sign(collection(), claims)

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(JSON.stringify(decodeJwt(token))).toBe(JSON.stringify(payload))
  })

  it('reads tokens of its own and of another isolate', async ({ expect }) => {
    const token = await createAuthTokens().sign(collection(), claims)

    expect(await createAuthTokens().verify(collection(), token)).toEqual(claims)
  })

  it('reads a token from before sessions had facts as one without known facts', async ({
    expect,
  }) => {
    const none = { act: undefined, amr: undefined, auth_time: undefined }
    const token = await forged({ ...none, mfa_time: undefined, sst: undefined })

    expect((await createAuthTokens().verify(collection(), token))?.facts).toEqual(unknownFacts)
  })

  const foreign = [
    { name: 'of another collection', token: forged({ collectionId: 'other_id' }) },
    { name: 'of another kind', token: forged({ type: 'passwordReset' }) },
    { name: 'without a session', token: forged({ sid: undefined }) },
    { name: 'without an expiry', token: forged({ exp: undefined }) },
    { name: 'that has expired', token: forged({ exp: Date.parse('2026-11-22T10:59:59Z') / 1000 }) },
    { name: 'signed with another key', token: forged({}, { key: 'x'.repeat(50) }) },
    {
      name: 'signed with another algorithm',
      token: forged({}, { alg: 'HS512', key: secret.repeat(2) }),
    },
    { name: 'that is not signed', token: Promise.resolve(new UnsecuredJWT(payload).encode()) },
    { name: 'that is no token', token: Promise.resolve('not.a.token') },
    { name: 'that is blank', token: Promise.resolve('') },
  ]
  for (const { name, token } of foreign) {
    it(`accepts no token ${name}`, async ({ expect }) => {
      expect(await createAuthTokens().verify(collection(), await token)).toBeUndefined()
    })
  }

  for (const [part, name] of ['header', 'payload', 'signature'].entries()) {
    it(`accepts no token with one bit of its ${name} flipped`, async ({ expect }) => {
      const tokens = createAuthTokens()
      const parts = (await tokens.sign(collection(), claims)).split('.')
      const bytes = Buffer.from(parts[part] ?? '', 'base64url')
      bytes[5] = (bytes[5] ?? 0) ^ 1
      parts[part] = bytes.toString('base64url')

      expect(await tokens.verify(collection(), parts.join('.'))).toBeUndefined()
    })
  }

  it('rejects an expired token that was accepted before', async ({ expect }) => {
    const tokens = createAuthTokens()
    const token = await tokens.sign(collection(), claims)
    await tokens.verify(collection(), token)

    vi.setSystemTime(claims.expiresAt)

    expect(await tokens.verify(collection(), token)).toBeUndefined()
  })

  it('rejects a token that another collection has accepted', async ({ expect }) => {
    const tokens = createAuthTokens()
    const token = await tokens.sign(collection(), claims)
    await tokens.verify(collection(), token)

    expect(await tokens.verify(collection('others_id', 'r'.repeat(50)), token)).toBeUndefined()
  })

  it('releases a key together with its definition', async ({ expect }) => {
    const tokens = createAuthTokens()
    const token = await tokens.sign(collection(), claims)

    expect(await tokens.verify(collection('users_id', 'r'.repeat(50)), token)).toBeUndefined()
  })
})

describe('the claimed collection of a token', () => {
  it('is the same once the token was verified', async ({ expect }) => {
    const tokens = createAuthTokens()
    const token = await tokens.sign(collection(), claims)

    await tokens.verify(collection(), token)

    expect(tokens.claimedCollection(token)).toBe(claims.collectionId)
  })

  it('reads the collection without verifying anything', async ({ expect }) => {
    expect(createAuthTokens().claimedCollection(await forged({}, { key: 'x'.repeat(50) }))).toBe(
      'users_id',
    )
  })

  for (const text of ['', 'a', 'a.b.c', 'null', '..', 'e30.e30.', 'e30.bnVsbA.']) {
    it(`returns undefined for "${text}"`, ({ expect }) => {
      expect(createAuthTokens().claimedCollection(text)).toBeUndefined()
    })
  }
})
