import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections/users/auth-refresh'
const minute = 60_000

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, 'ada@example.com')
})
afterEach(() => {
  vi.useRealTimers()
})

function later(milliseconds: number): void {
  vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] })
}

async function refresh(token: string): Promise<{ status: number; token: string }> {
  const { status, body } = await app.post(path, undefined, { token })
  return { status, token: (body as { token: string }).token }
}

async function entryOf(token: string): Promise<Record<string, string>> {
  const { sid } = decodeJwt<{ sid: string }>(token)
  const entry = await bindings.SESSIONS.get(`session:_pb_users_auth_:${ada.id}:${sid}`, 'json')
  return entry as Record<string, string>
}

describe('POST /api/collections/{c}/auth-refresh', () => {
  it('returns the account and a token of the same session with a later expiry', async ({
    expect,
  }) => {
    later(10 * minute)
    const { status, body } = await app.post(path, undefined, ada)

    const { record, token } = body as { record: unknown; token: string }
    const [before, after] = [decodeJwt(ada.token), decodeJwt(token)]
    expect(status).toBe(200)
    expect(record).toMatchObject({ id: ada.id, email: 'ada@example.com' })
    expect(after['sid']).toBe(before['sid'])
    expect((after.exp ?? 0) - (before.exp ?? 0)).toBeGreaterThanOrEqual(600)
  })

  it('extends the session and updates its last-seen time', async ({ expect }) => {
    const before = await entryOf(ada.token)
    later(10 * minute)
    await refresh(ada.token)

    const after = await entryOf(ada.token)
    for (const moment of ['expiresAt', 'lastSeenAt']) {
      const gain = Date.parse(after[moment] ?? '') - Date.parse(before[moment] ?? '')
      expect(gain).toBeGreaterThanOrEqual(10 * minute)
    }
  })

  it('keeps the older token valid', async ({ expect }) => {
    later(minute * 2)
    await refresh(ada.token)

    expect((await refresh(ada.token)).status).toBe(200)
  })

  // KV allows one write per second and key, and two tabs of a browser may refresh at the same time.
  it('does not write a session that was just stored', async ({ expect }) => {
    const before = await entryOf(ada.token)
    later(30_000)
    const renewed = await refresh(ada.token)

    expect(renewed.status).toBe(200)
    expect(decodeJwt(renewed.token).exp).toBeGreaterThan(decodeJwt(ada.token).exp ?? 0)
    expect(await entryOf(ada.token)).toEqual(before)
  })

  it('accepts the token with or without its scheme', async ({ expect }) => {
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', '']) {
      expect((await refresh(scheme + ada.token)).status).toBe(200)
    }
    for (const scheme of ['Bearer  ', 'Basic ', 'Bearer']) {
      expect((await refresh(scheme + ada.token)).status).toBe(401)
    }
  })

  const refusals = [
    {
      name: 'guests',
      collection: 'users',
      token: () => undefined,
      status: 401,
      message: 'The request requires valid record authorization token.',
    },
    {
      name: 'what is no token',
      collection: 'users',
      token: () => 'no.token.atall',
      status: 401,
      message: 'The request requires valid record authorization token.',
    },
    {
      name: 'accounts of another collection, superusers too',
      collection: 'users',
      token: () => superuser.token,
      status: 403,
      message: 'The request requires auth record from _superusers collection.',
    },
    {
      name: 'a collection that is not there',
      collection: 'nothing',
      token: () => ada.token,
      status: 404,
      message: 'Missing or invalid collection context.',
    },
    {
      name: 'a collection without accounts',
      collection: '_mfas',
      token: () => ada.token,
      status: 403,
      message: 'The request requires auth record from users collection.',
    },
  ]
  for (const { name, collection, token, status, message } of refusals) {
    it(`refuses ${name}`, async ({ expect }) => {
      const url = `/api/collections/${collection}/auth-refresh`
      const refused = await app.post(url, undefined, { token: token() })

      expect(refused).toMatchObject({ status, body: { data: {}, message, status } })
    })
  }

  it('refuses a token that has expired', async ({ expect }) => {
    later(432_000_000)

    expect((await refresh(ada.token)).status).toBe(401)
  })

  it('evaluates the auth rule with the account as caller', async ({ expect }) => {
    const rule = '@request.auth.id = id && verified = true'
    const { token } = superuser
    await app.patch('/api/collections/users', { authRule: rule }, { token })
    const verified = `/api/collections/users/records/${ada.id}`
    await app.patch(verified, { verified: true }, { token })
    const { body } = await app.post(`/api/collections/users/impersonate/${ada.id}`, {}, { token })
    const own = (body as { token: string }).token

    const admitted = await refresh(own)
    await app.patch(verified, { verified: false }, { token })
    const refused = await app.post(path, undefined, { token: own })

    expect(admitted.status).toBe(200)
    expect(refused).toMatchObject({
      status: 403,
      body: {
        message: "The request doesn't satisfy the collection requirements to authenticate.",
      },
    })
  })

  it('returns a token that is not refreshable unchanged', async ({ expect }) => {
    const url = `/api/collections/users/impersonate/${ada.id}`
    const { body } = await app.post(url, {}, { token: superuser.token })
    const { token } = body as { token: string }
    later(10 * minute)

    expect(await refresh(token)).toEqual({ status: 200, token })
  })
})
