import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createJobs } from '#crons/jobs.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const hour = 3_600_000
const year = 365 * 24 * hour
/** A full hour to come: the KV of Workers refuses what has expired by its own clock. */
const start = (Math.floor(Date.now() / hour) + 2) * hour

beforeEach(() => void vi.useFakeTimers({ now: start, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** Runs the jobs that are due at this time, and returns which ones. */
async function runsAt(time: number): Promise<string[]> {
  const jobs = createJobs(createMailbox().transports)
  const runs: string[] = []
  for (const job of jobs.list) {
    vi.spyOn(job, 'run').mockImplementation(async () => {
      runs.push(job.id)
    })
  }
  await jobs.run(bindings, new Date(time))
  return runs
}

async function statusesOf(count: number, send: () => Promise<{ status: number }>) {
  const statuses: number[] = []
  for (let n = 0; n < count; n++) statuses.push((await send()).status)
  return statuses
}

describe('a clock that jumps', () => {
  it('back by minutes makes no job run twice', async ({ expect }) => {
    const first = await runsAt(start)

    expect(first).toContain('__pbMFACleanup__')
    expect(await runsAt(start - 20 * 60_000)).toEqual([])
    expect(await runsAt(start)).toEqual([])
    expect(await runsAt(start + hour)).toContain('__pbMFACleanup__')
  })

  it('a year ahead and back stops no job', async ({ expect }) => {
    expect(await runsAt(start + year)).toContain('__pbMFACleanup__')

    expect(await runsAt(start)).toContain('__pbMFACleanup__')
    expect(await runsAt(start)).toEqual([])
    expect(await runsAt(start + hour)).toContain('__pbMFACleanup__')
  })

  it('a year ahead and back does not block an account that was guessed at', async ({ expect }) => {
    const app = createTestApp()
    await signInSuperuser(app)
    await signUp(app, 'ada@example.com')
    const guess = () => signIn(app, 'wrong password')
    vi.setSystemTime(start + year)
    const ahead = await statusesOf(20, guess)

    vi.setSystemTime(start)

    expect(ahead.at(-1)).toBe(429)
    expect(await statusesOf(2, guess)).toEqual([400, 400])
  })

  it('a year ahead and back does not keep a limit of requests', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const rules = [{ label: '/api/health', audience: '', duration: 10, maxRequests: 2 }]
    await app.patch('/api/settings', { rateLimits: { enabled: true, rules } }, { token })
    const ask = () => app.get('/api/health')
    vi.setSystemTime(start + year)
    const ahead = await statusesOf(3, ask)

    vi.setSystemTime(start)

    expect(ahead).toEqual([200, 200, 429])
    expect(await statusesOf(3, ask)).toEqual([200, 200, 429])
  })
})

function signIn(app: TestApp, password: string): Promise<{ status: number }> {
  const body = { identity: 'ada@example.com', password }
  return app.post('/api/collections/users/auth-with-password', body)
}
