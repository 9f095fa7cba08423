import { decodeJwt } from 'jose'
import { beforeEach, describe, it } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn
let path: string

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, 'ada@example.com')
  path = `/api/collections/users/impersonate/${ada.id}`
})

async function lifetimeOf(body: unknown): Promise<number> {
  const answer = await app.post(path, body, { token: superuser.token })
  const { exp = 0 } = decodeJwt((answer.body as { token: string }).token)
  return exp - Date.now() / 1000
}

describe('POST /api/collections/{c}/impersonate/{id}', () => {
  it('returns the account and a token that cannot be refreshed', async ({ expect }) => {
    const { status, body } = await app.post(path, undefined, { token: superuser.token })

    const { record, token } = body as { record: unknown; token: string }
    expect(status).toBe(200)
    expect(record).toMatchObject({ id: ada.id, email: 'ada@example.com' })
    expect(decodeJwt(token)).toMatchObject({ id: ada.id, type: 'auth', refreshable: false })
    const own = await app.get(`/api/collections/users/records/${ada.id}`, { token })
    expect(own.status).toBe(200)
  })

  it('sets the requested lifetime, or the default', async ({ expect }) => {
    expect(Math.abs((await lifetimeOf({ duration: 90 })) - 90)).toBeLessThan(5)
    expect(Math.abs((await lifetimeOf({ duration: 0 })) - 432_000)).toBeLessThan(5)
    expect(Math.abs((await lifetimeOf(undefined)) - 432_000)).toBeLessThan(5)
  })

  it('limits a lifetime to what can be stored', async ({ expect }) => {
    expect(await lifetimeOf({ duration: Number.MAX_SAFE_INTEGER })).toBeGreaterThan(300_000_000)
  })

  it('creates a session that is listed and ended like any other', async ({ expect }) => {
    const { body } = await app.post(path, {}, { token: superuser.token })
    const { token } = body as { token: string }

    const sessions = '/api/collections/users/sessions'
    const { sid } = decodeJwt<{ sid: string }>(token)
    await app.delete(`${sessions}/${sid}`, { token: ada.token })

    expect((await app.get(sessions, { token })).status).toBe(401)
  })

  const noToken = 'The request requires valid record authorization token.'
  const notAllowed = 'The authorized record is not allowed to perform this action.'
  const notFound = "The requested resource wasn't found."
  const noAccounts = 'Missing or invalid auth collection context.'
  const unreadable = 'An error occurred while loading the submitted data.'
  const refusals = [
    { name: 'guests', token: () => undefined, status: 401, message: noToken },
    { name: 'other accounts', token: () => ada.token, status: 403, message: notAllowed },
    {
      name: 'a collection that is not there',
      url: '/api/collections/nothing/impersonate/x',
      status: 404,
      message: noAccounts,
    },
    {
      name: 'a collection without accounts',
      url: '/api/collections/_mfas/impersonate/x',
      status: 404,
      message: noAccounts,
    },
    {
      name: 'guests before it reveals collections',
      url: '/api/collections/nothing/impersonate/x',
      token: () => undefined,
      status: 401,
      message: noToken,
    },
    {
      name: 'a missing account, whatever the body',
      url: '/api/collections/users/impersonate/missing',
      body: { duration: -1 },
      status: 404,
      message: notFound,
    },
    {
      name: 'a duration that is no number',
      body: { duration: '9' },
      status: 400,
      message: unreadable,
    },
    { name: 'a broken duration', body: { duration: 1.5 }, status: 400, message: unreadable },
  ]
  for (const { name, url, token, body, status, message } of refusals) {
    it(`refuses ${name}`, async ({ expect }) => {
      const sender = token === undefined ? superuser.token : token()
      const refused = await app.post(url ?? path, body, { token: sender })

      expect(refused).toMatchObject({ status, body: { data: {}, message, status } })
    })
  }

  it('refuses a negative duration', async ({ expect }) => {
    const { status, body } = await app.post(path, { duration: -1 }, { token: superuser.token })

    expect(status).toBe(400)
    expect(body).toEqual({
      data: {
        duration: {
          code: 'validation_min_greater_equal_than_required',
          message: 'Must be no less than 0.',
          params: { threshold: 0 },
        },
      },
      message: 'An error occurred while validating the submitted data.',
      status: 400,
    })
  })
})
