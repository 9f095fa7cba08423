import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import {
  insertSuperuser,
  password,
  signIn,
  signInSuperuser,
  signUp,
} from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { runScheduledJob } from '../../support/scheduled-jobs.ts'
import { type Answer, createTestApp, passwords, type TestApp } from '../../support/test-app.ts'

/*
 * Guesses of a password, limited by account: 10 failures in a network and 50 in total are free;
 * each further one is followed by a delay of 1, 2, 4, ... seconds, at most 900.
 */

/** KV uses the real time, and drops expired entries. */
const start = Math.floor(Date.now() / 1000) * 1000
const owner = 'owner@example.com'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Guess {
  readonly identity?: string
  readonly password?: string
  readonly from?: string
  readonly collection?: string
}

async function guess(app: TestApp, options: Guess = {}): Promise<Answer> {
  const { collection = 'users', from = '192.0.2.1' } = options
  return await app.post(
    `/api/collections/${collection}/auth-with-password`,
    { identity: options.identity ?? owner, password: options.password ?? 'wrong-password' },
    { headers: { 'CF-Connecting-IP': from } },
  )
}

/** `400`, or `429 after 8`. */
function outcome({ status, headers }: Answer): string {
  const wait = headers.get('Retry-After')
  return wait === null ? String(status) : `${status} after ${wait}`
}

/** A different address for each number. */
function place(number: number): string {
  return `198.51.${number >> 8}.${number & 255}`
}

/** Alternates between isolates. */
function oneOf(apps: readonly TestApp[], number: number): TestApp {
  return apps[number % apps.length] ?? createTestApp()
}

async function inTurn<T>(count: number, work: (number: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let number = 0; number < count; number++) results.push(await work(number))
  return results
}

async function guessFromEverywhere(app: TestApp, count: number): Promise<string[]> {
  return await inTurn(count, async (number) => outcome(await guess(app, { from: place(number) })))
}

describe('guesses from one network', () => {
  it('are counted across isolates, and slow down after the tenth', async ({ expect }) => {
    const apps = [createTestApp(), createTestApp()]
    await signUp(createTestApp(), owner)

    const answers = await inTurn(12, async (number) => outcome(await guess(oneOf(apps, number))))

    expect(answers).toEqual([...Array<string>(10).fill('400'), '429 after 1', '429 after 1'])
  })

  // Guards against concurrent guesses that all pass before the first one fails.
  it('reach the comparison exactly ten times, even if concurrent', async ({ expect }) => {
    const apps = [createTestApp(), createTestApp(), createTestApp()]
    await signUp(createTestApp(), owner)
    const verify = vi.spyOn(passwords, 'verify')

    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, number) => await guess(oneOf(apps, number))),
    )

    expect(verify).toHaveBeenCalledTimes(10)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
  })

  it('are delayed twice as long each time, up to 15 minutes', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await inTurn(9, async () => await guess(app))

    let now = start
    const waits = await inTurn(13, async () => {
      await guess(app)
      const refused = await guess(app)
      const seconds = Number(refused.headers.get('Retry-After'))
      now += seconds * 1000
      vi.setSystemTime(now)
      return seconds
    })

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 900, 900])
  })

  it('do not extend a delay while they are rejected', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await inTurn(11, async () => await guess(app))

    await inTurn(5, async () => await guess(app))
    vi.setSystemTime(start + 1000)

    expect((await guess(app, { password })).status).toBe(200)
  })

  it('expire, one in 15 minutes', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await inTurn(10, async () => await guess(app))

    vi.setSystemTime(start + 2 * 900_000)
    const answers = await inTurn(4, async () => outcome(await guess(app)))

    expect(answers).toEqual(['400', '400', '429 after 1', '429 after 1'])
  })

  it('are reset after the right password', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await inTurn(9, async () => await guess(app))

    await guess(app, { password })
    const answers = await inTurn(10, async () => (await guess(app)).status)

    expect(answers).toEqual(Array<number>(10).fill(400))
  })

  it('do not block an account elsewhere', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await inTurn(20, async () => await guess(app))

    expect((await guess(app, { password, from: '203.0.113.9' })).status).toBe(200)
  })

  it.for([
    ['the case of an address', 'Owner@Example.COM', owner],
    ['the notation of a number', '007', '7'],
  ] as const)('count as one whatever %s', async ([, spelling, other], { expect }) => {
    const app = createTestApp()
    await inTurn(10, async () => await guess(app, { identity: spelling }))

    expect(outcome(await guess(app, { identity: other }))).toBe('429 after 1')
  })

  it('count for a whole IPv6 network', async ({ expect }) => {
    const app = createTestApp()
    await inTurn(10, async (host) => await guess(app, { from: `2001:db8:1:2::${host + 1}` }))

    const inside = await guess(app, { from: '2001:db8:1:2:ffff::1' })
    const outside = await guess(app, { from: '2001:db8:1:3::1' })

    expect([outcome(inside), outcome(outside)]).toEqual(['429 after 1', '400'])
  })
})

describe('guesses from many networks', () => {
  it('slow down together after the fiftieth', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)

    const answers = await guessFromEverywhere(app, 52)

    expect(answers).toEqual([...Array<string>(50).fill('400'), '429 after 1', '429 after 1'])
  })

  it('reach the comparison exactly fifty times, even if concurrent', async ({ expect }) => {
    const apps = [createTestApp(), createTestApp()]
    await signUp(createTestApp(), owner)
    const verify = vi.spyOn(passwords, 'verify')

    await Promise.all(
      Array.from(
        { length: 70 },
        async (_, number) => await guess(oneOf(apps, number), { from: place(number) }),
      ),
    )

    expect(verify).toHaveBeenCalledTimes(50)
  })

  // Guards against locking an account by failing in its name.
  it('do not block the owner in a trusted network', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await guess(app, { password, from: '203.0.113.9' })
    await guessFromEverywhere(app, 60)

    const stranger = await guess(app, { password, from: '203.0.113.10' })
    const atHome = await guess(app, { password, from: '203.0.113.9' })

    expect([outcome(stranger), outcome(atHome)]).toEqual(['429 after 1', '200'])
  })

  it('allow the owner some mistakes in a trusted network', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await guess(app, { password, from: '203.0.113.9' })
    await guessFromEverywhere(app, 60)

    const answers = await inTurn(11, async () => outcome(await guess(app, { from: '203.0.113.9' })))

    expect(answers).toEqual([...Array<string>(10).fill('400'), '429 after 1'])
  })

  // Attackers cannot block the mail, because their guesses do not count against it.
  it('do not block the owner after a password reset, in any network', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await guessFromEverywhere(app, 60)
    const here = { headers: { 'CF-Connecting-IP': '203.0.113.10' } }
    await app.post('/api/collections/users/request-password-reset', { email: owner }, here)
    const [, token] = /confirm-password-reset\/([\w.-]+)/.exec(app.mailbox.last().text) ?? []
    const changed = { password: 'battery-staple', passwordConfirm: 'battery-staple' }

    const before = await guess(app, { ...changed, from: '203.0.113.10' })
    await app.post('/api/collections/users/confirm-password-reset', { token, ...changed }, here)
    const after = await guess(app, { ...changed, from: '203.0.113.10' })

    expect([before.status, after.status]).toEqual([429, 200])
  })

  it('block no network for more than 15 minutes after the last', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await guessFromEverywhere(app, 60)
    let now = start
    await inTurn(12, async (round) => {
      now += 900_000
      vi.setSystemTime(now)
      await guess(app, { from: place(100 + round) })
    })

    vi.setSystemTime(now + 900_000)

    expect((await guess(app, { password, from: '203.0.113.10' })).status).toBe(200)
  })

  it('do not include successful sign-ins', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)

    const statuses = await inTurn(60, async (number) => {
      return (await guess(app, { password, from: place(number) })).status
    })

    expect(statuses).toEqual(Array<number>(60).fill(200))
  })
})

describe('guesses at accounts', () => {
  // Guards against finding out who has an account.
  it('that do not exist are limited like others', async ({ expect }) => {
    await signUp(createTestApp(), owner)
    const series = async (app: TestApp, identity: string): Promise<string[]> => [
      ...(await inTurn(12, async () =>
        outcome(await guess(app, { identity, from: '192.0.2.50' })),
      )),
      ...(await inTurn(45, async (number) =>
        outcome(await guess(app, { identity, from: place(number) })),
      )),
    ]

    const known = await series(createTestApp(), owner)
    await bindings.DB.prepare('DELETE FROM "_attempts"').run()
    const unknown = await series(createTestApp(), 'nobody@example.com')

    expect(unknown).toEqual(known)
    expect(known.filter((text) => text.startsWith('429'))).not.toHaveLength(0)
  })

  it('of superusers are limited, too', async ({ expect }) => {
    const app = createTestApp()
    await insertSuperuser()
    const target = { collection: '_superusers', identity: 'admin@example.com' }

    const answers = await inTurn(11, async () => outcome(await guess(app, target)))

    expect(answers.at(-1)).toBe('429 after 1')
  })

  it('do not count for other accounts', async ({ expect }) => {
    const app = createTestApp()
    await inTurn(11, async () => await guess(app))

    expect((await guess(app, { identity: 'other@example.com' })).status).toBe(400)
  })

  it('are not limited when limits are off', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token })

    const answers = await inTurn(25, async () => (await guess(app)).status)

    expect(answers).toEqual(Array<number>(25).fill(400))
  })

  it('leave no row after they expired', async ({ expect }) => {
    const app = createTestApp()
    await signUp(app, owner)
    await signIn(app, 'users', owner)
    await inTurn(10, async () => await guess(app))

    const later = new Date(start + 31 * 24 * 60 * 60 * 1000)
    await runScheduledJob('__areteCountersCleanup__', later)

    const counts = await Promise.all(
      ['_attempts', '_failures', '_trusted_networks'].map(
        async (table) =>
          await bindings.DB.prepare(`SELECT count(*) AS "n" FROM "${table}"`).first('n'),
      ),
    )
    expect(counts).toEqual([0, 0, 0])
  })

  it('leave no trace of what was typed', async ({ expect }) => {
    const app = createTestApp()
    await guess(app, { identity: 'my-password-by-mistake' })

    const { results } = await bindings.DB.prepare('SELECT "key" FROM "_failures"').all()

    expect(results).toHaveLength(2)
    expect(JSON.stringify(results)).not.toContain('mistake')
  })
})
