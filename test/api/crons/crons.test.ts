import { describe, it, vi } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp } from '../../support/test-app.ts'
import { createJobs, type Jobs } from '#crons/jobs.ts'
import { parseSchedule } from '#settings/schedule.ts'

const everyMinute = [
  '__areteCountersCleanup__',
  '__areteFilesCleanup__',
  '__areteJsonMending__',
  '__areteMailDelivery__',
  '__areteWebhookDelivery__',
]
const everyHour = ['__pbMFACleanup__', '__pbOTPCleanup__']
/** Arete's own jobs, which come after PocketBase's. */
const ownEveryHour = ['__areteSecretsSealing__']

/** Jobs that record their runs instead of running. */
function watchedJobs(runs: string[]): Jobs {
  const jobs = createJobs(createMailbox().transports)
  for (const job of jobs.list) {
    vi.spyOn(job, 'run').mockImplementation(async () => {
      runs.push(job.id)
    })
  }
  return jobs
}

describe('the clock', () => {
  it.for([
    { name: 'every minute', at: '2026-01-02T03:30:00Z', jobs: everyMinute },
    {
      name: 'every hour',
      at: '2026-01-02T03:00:00Z',
      jobs: [...everyHour, ...ownEveryHour, ...everyMinute],
    },
    {
      name: 'every six hours',
      at: '2026-01-02T06:00:00Z',
      jobs: [...everyHour, '__pbLogsCleanup__', ...ownEveryHour, ...everyMinute],
    },
    {
      name: 'every day',
      at: '2026-01-02T00:00:00Z',
      jobs: [
        '__pbDBOptimize__',
        ...everyHour,
        '__pbLogsCleanup__',
        ...ownEveryHour,
        ...everyMinute,
      ],
    },
  ])('runs what is due $name', async ({ at, jobs }, { expect }) => {
    const runs: string[] = []

    await watchedJobs(runs).run(bindings, new Date(at))

    expect(runs).toEqual(jobs)
  })

  it('runs each job once, however many isolates wake', async ({ expect }) => {
    const runs: string[] = []
    const isolates = Array.from({ length: 5 }, () => watchedJobs(runs))

    await Promise.all(
      isolates.map((jobs) => jobs.run(bindings, new Date('2026-01-02T03:00:00.123Z'))),
    )
    await watchedJobs(runs).run(bindings, new Date('2026-01-02T03:00:59Z'))

    expect(runs.toSorted()).toEqual([...everyMinute, ...ownEveryHour, ...everyHour].toSorted())
  })

  it('catches up a missed minute, once', async ({ expect }) => {
    const runs: string[] = []
    const jobs = watchedJobs(runs)
    await jobs.run(bindings, new Date('2026-01-02T02:59:00Z'))
    runs.length = 0

    await jobs.run(bindings, new Date('2026-01-02T03:02:00Z'))
    await jobs.run(bindings, new Date('2026-01-02T03:03:00Z'))

    expect(runs).toEqual([...everyHour, ...ownEveryHour, ...everyMinute, ...everyMinute])
  })

  it('runs all jobs for real', async ({ expect }) => {
    const jobs = createJobs(createMailbox().transports)

    await expect(jobs.run(bindings, new Date('2026-01-02T00:00:00Z'))).resolves.toBeUndefined()
  })

  it('runs the other jobs despite an invalid schedule', async ({ expect }) => {
    const runs: string[] = []
    const jobs = watchedJobs(runs)
    const counters = jobs.list.find(({ id }) => id === '__areteCountersCleanup__')
    const expression = counters?.expression
    Object.assign(counters ?? {}, { expression: 'now and then' })
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})

    await jobs.run(bindings, new Date('2026-01-02T03:30:00Z'))

    Object.assign(counters ?? {}, { expression })
    expect(runs).toEqual(everyMinute.slice(1))
    expect(log).toHaveBeenCalledOnce()
    log.mockRestore()
  })

  it('runs the other jobs despite a failing one, and reports it', async ({ expect }) => {
    const runs: string[] = []
    const jobs = watchedJobs(runs)
    const counters = jobs.list.find(({ id }) => id === '__areteCountersCleanup__')
    if (counters !== undefined) vi.spyOn(counters, 'run').mockRejectedValue(new Error('broken'))
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})

    const run = jobs.run(bindings, new Date('2026-01-02T03:30:00Z'))

    await expect(run).rejects.toThrow('Scheduled jobs failed: __areteCountersCleanup__.')
    expect(runs).toEqual(everyMinute.slice(1))
    expect(log).toHaveBeenCalledOnce()
    log.mockRestore()
  })
})

describe('the jobs', () => {
  it('are listed with valid schedules', async ({ expect }) => {
    const app = createTestApp()

    const { status, body } = await app.get('/api/crons', await signInSuperuser(app))

    const jobs = body as readonly { id: string; expression: string }[]
    expect(status).toBe(200)
    expect(jobs).toContainEqual({ id: '__pbLogsCleanup__', expression: '0 */6 * * *' })
    expect(jobs.map(({ id }) => id)).toEqual([
      '__pbDBOptimize__',
      ...everyHour,
      '__pbLogsCleanup__',
      ...ownEveryHour,
      ...everyMinute,
    ])
    expect(() => jobs.map(({ expression }) => parseSchedule(expression))).not.toThrow()
  })

  it('run on demand: old logs are removed, others stay', async ({ expect }) => {
    const app = createTestApp()
    const superuser = await signInSuperuser(app)
    const insert = bindings.DB.prepare(`INSERT INTO "_logs" VALUES (?, 0, 'm', '{}', ?)`)
    const daysAgo = (days: number): string =>
      new Date(Date.now() - days * 86_400_000).toISOString().replace('T', ' ')
    await bindings.DB.batch([insert.bind('old', daysAgo(5.01)), insert.bind('new', daysAgo(4.99))])

    const { status } = await app.post('/api/crons/__pbLogsCleanup__', undefined, superuser)

    const { results } = await bindings.DB.prepare('SELECT "id" FROM "_logs"').all()
    expect(status).toBe(204)
    expect(results).toEqual([{ id: 'new' }])
  })

  it('run before the response if the client waits, which has their error', async ({ expect }) => {
    const app = createTestApp()
    const superuser = await signInSuperuser(app)
    const run = () => app.post('/api/crons/__pbMFACleanup__?wait=true', undefined, superuser)

    const good = await run()
    await bindings.DB.prepare('ALTER TABLE "_mfas" RENAME TO "gone"').run()
    const bad = await run()

    expect(good.status).toBe(204)
    expect(bad.status).toBe(400)
    expect((bad.body as { message: string }).message).toMatch(
      /^The job failed. Raw error:\n.*_mfas/,
    )
  })

  it('cannot run if they do not exist', async ({ expect }) => {
    const app = createTestApp()

    const { status, body } = await app.post(
      '/api/crons/none',
      undefined,
      await signInSuperuser(app),
    )

    expect([status, (body as { message: string }).message]).toEqual([
      404,
      'Missing or invalid cron job.',
    ])
  })

  it('are for superusers', async ({ expect }) => {
    const app = createTestApp()
    const user = await signUp(app, 'ada@example.com')

    for (const [method, path] of [
      ['GET', '/api/crons'],
      ['POST', '/api/crons/__pbLogsCleanup__'],
    ] as const) {
      expect((await app.request(method, path)).status).toBe(401)
      expect((await app.request(method, path, user)).status).toBe(403)
    }
  })
})
