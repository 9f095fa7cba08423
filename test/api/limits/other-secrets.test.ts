import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, signIn, signUp } from '../../support/accounts.ts'
import { createBlog } from '../../support/blog.ts'
import { type Answer, createTestApp, passwords } from '../../support/test-app.ts'

/** KV uses the real time, and drops expired entries. */
const start = Math.floor(Date.now() / 1000) * 1000
const owner = 'owner@example.com'
const changed = { password: 'battery-staple', passwordConfirm: 'battery-staple' }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** `400`, or `429 after 8`. */
function outcome({ status, headers }: Answer): string {
  const wait = headers.get('Retry-After')
  return wait === null ? String(status) : `${status} after ${wait}`
}

async function inTurn<T>(count: number, work: (number: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let number = 0; number < count; number++) results.push(await work(number))
  return results
}

function from(ip: string): { headers: Record<string, string> } {
  return { headers: { 'CF-Connecting-IP': ip } }
}

describe('guesses of an old password', () => {
  // Guards against an attacker with an open session who wants the account.
  it('slow down after the tenth', async ({ expect }) => {
    const app = createTestApp()
    const { id, token } = await signUp(app, owner)
    const path = `/api/collections/users/records/${id}`

    const answers = await inTurn(11, async () =>
      outcome(await app.patch(path, { ...changed, oldPassword: 'wrong' }, { token })),
    )

    expect(answers).toEqual([...Array<string>(10).fill('400'), '429 after 1'])
  })

  it('are reset after the right one', async ({ expect }) => {
    const app = createTestApp()
    const { id, token } = await signUp(app, owner)
    const path = `/api/collections/users/records/${id}`
    await inTurn(9, async () => await app.patch(path, { ...changed, oldPassword: 'x' }, { token }))

    const right = await app.patch(path, { ...changed, oldPassword: password }, { token })
    const answers = await inTurn(10, async () => {
      return (await app.patch(path, { ...changed, oldPassword: 'x' }, { token })).status
    })

    expect(right.status).toBe(200)
    expect(answers).toEqual(Array<number>(10).fill(400))
  })

  // A batch of fifty updates would be fifty guesses.
  it('are counted individually in a batch', async ({ expect }) => {
    const { app, admin } = await createBlog()
    await app.patch('/api/settings', { batch: { enabled: true } }, { token: admin.token })
    const { id, token } = await signUp(app, owner)
    const verify = vi.spyOn(passwords, 'verify')
    const request = {
      method: 'PATCH',
      url: `/api/collections/users/records/${id}`,
      body: { ...changed, oldPassword: 'wrong' },
    }

    const eleven = await app.post(
      '/api/batch',
      { requests: Array.from({ length: 11 }, () => request) },
      { token },
    )

    expect(eleven.status).toBe(429)
    expect(verify).not.toHaveBeenCalled()
  })

  // Guards against finding out by time which ids are accounts.
  it('are hashed for an account that does not exist', async ({ expect }) => {
    const app = createTestApp()
    const verify = vi.spyOn(passwords, 'verify')

    const answer = await app.patch('/api/collections/users/records/missing00000000', {
      ...changed,
      oldPassword: 'wrong',
    })

    expect(answer.status).toBe(404)
    expect(verify).toHaveBeenCalledTimes(1)
  })
})

describe('mails requested for an account', () => {
  it.for(['request-verification', 'request-password-reset'])(
    'by %s slow down after the fifth, whether it exists or not',
    async (route, { expect }) => {
      const app = createTestApp()
      await signUp(app, owner)
      const ask = async (email: string, ip: string): Promise<string> =>
        outcome(await app.post(`/api/collections/users/${route}`, { email }, from(ip)))

      const known = await inTurn(7, async () => await ask(owner, '192.0.2.1'))
      const unknown = await inTurn(7, async () => await ask('nobody@example.com', '192.0.2.1'))
      const elsewhere = await ask(owner, '192.0.2.2')

      expect(known).toEqual([...Array<string>(5).fill('204'), '429 after 1', '429 after 1'])
      expect(unknown).toEqual(known)
      expect(elsewhere).toBe('204')
    },
  )

  it('by request-email-change slow down after the fifth', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signUp(app, owner)

    const answers = await inTurn(6, async (number) =>
      outcome(
        await app.post(
          '/api/collections/users/request-email-change',
          { newEmail: `new${number}@example.com` },
          { token },
        ),
      ),
    )

    expect(answers).toEqual([...Array<string>(5).fill('204'), '429 after 1'])
  })
})

describe('links from mails', () => {
  // Guards against blocking the owner's link with forged ones.
  it('are limited by client, and not by the account they claim', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    const forged = (claims: object): string =>
      `${btoa('{"alg":"HS256","typ":"JWT"}')}.${btoa(JSON.stringify(claims))}.${'A'.repeat(43)}`
    const { id } = await signIn(app, 'users', owner)
    const token = forged({ id, collectionId: '_pb_users_auth_', type: 'verification', exp: 9e9 })
    const show = async (ip: string): Promise<number> => {
      const path = '/api/collections/users/confirm-verification'
      return (await app.post(path, { token }, from(ip))).status
    }

    const hammering = await inTurn(21, async () => await show('192.0.2.1'))
    const elsewhere = await show('192.0.2.2')

    expect(hammering).toEqual([...Array<number>(20).fill(400), 429])
    expect(elsewhere).toBe(400)
  })
})
