import { host } from '#test-host'
import { afterEach, describe, type ExpectStatic, it, vi } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { createTestApp, type RequestOptions, type TestApp } from '../../support/test-app.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { createLogBuffer, type LogBuffer } from '#logs/log-buffer.ts'
import type { LogEntry } from '#logs/log-entry.ts'

interface World {
  readonly app: TestApp
  readonly superuser: SignedIn
}

interface Page {
  readonly items: readonly LogEntry[]
  readonly totalItems: number
}

/** An app whose logs are empty. */
async function prepare(overrides: { readonly LOGS?: D1Database } = {}): Promise<World> {
  const app = createTestApp(overrides)
  const superuser = await signInSuperuser(app)
  await app.writeLogs()
  await (overrides.LOGS ?? bindings.DB).prepare('DELETE FROM "_logs"').run()
  return { app, superuser }
}

async function logsOf({ app, superuser }: World, query = ''): Promise<Page> {
  await app.writeLogs()
  const { body } = await app.get(`/api/logs${query}`, { token: superuser.token })
  return body as Page
}

async function changeSettings(
  { app, superuser }: World,
  logs: Readonly<Record<string, unknown>>,
): Promise<void> {
  await app.patch('/api/settings', { logs }, { token: superuser.token })
  await app.writeLogs()
  await bindings.DB.prepare('DELETE FROM "_logs"').run()
}

describe('a logged request', () => {
  it('has the request, its caller and its outcome', async ({ expect }) => {
    const world = await prepare()
    const headers = {
      Referer: 'https://app.example.com/',
      'User-Agent': 'test',
      'CF-Connecting-IP': '192.0.2.7',
    }

    await world.app.get('/api/health?a=1%202', { headers })
    const { items } = await logsOf(world)

    expect(items).toEqual([
      {
        id: expect.stringMatching(/^[a-z0-9]{15}$/),
        created: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/),
        data: {
          auth: '',
          colo: '',
          country: '',
          d1Batches: 0,
          d1Ms: 0,
          d1RowsRead: 0,
          d1RowsWritten: 0,
          execTime: expect.any(Number),
          kvReads: 0,
          kvWrites: 0,
          method: 'GET',
          referer: 'https://app.example.com/',
          remoteIP: '192.0.2.7',
          requestId: expect.any(String),
          route: '/api/health',
          status: 200,
          type: 'request',
          url: '/api/health?a=1%202',
          userAgent: 'test',
          userIP: '192.0.2.7',
        },
        message: 'GET /api/health?a=1 2',
        level: 0,
      },
    ])
    expect(Object.keys(items[0] ?? {})).toEqual(['id', 'created', 'data', 'message', 'level'])
    const keys = Object.keys(items[0]?.data ?? {})
    expect(keys).toEqual(keys.toSorted())
  })

  it('that failed has the error', async ({ expect }) => {
    const world = await prepare()

    await world.app.get('/api/collections/none/records')
    await world.app.get('/api/nothing')
    await world.app.post('/api/collections/users/records', {})
    const { items } = await logsOf(world)

    expect(items.map(({ level, data: { status, error } }) => ({ level, status, error }))).toEqual([
      { level: 8, status: 404, error: 'Missing collection context.' },
      { level: 8, status: 404, error: 'File not found.' },
      { level: 8, status: 400, error: 'Failed to create record.' },
    ])
    expect(items[2]?.data['details']).toMatchObject({
      password: { code: 'validation_required' },
    })
  })

  it('has the caller’s collection, and the caller only if enabled in the settings', async ({
    expect,
  }) => {
    const world = await prepare()
    const user = await signUp(world.app, 'ada@example.com')
    await changeSettings(world, { logAuthId: true, logIP: false })

    await world.app.get('/api/collections/users/records', user)
    const [entry] = (await logsOf(world)).items

    expect(entry?.data).toMatchObject({ auth: 'users', authId: user.id })
    expect(entry?.data).not.toHaveProperty('userIP')
    expect(entry?.data).not.toHaveProperty('remoteIP')
  })

  it('with a token whose session has ended is a guest’s', async ({ expect }) => {
    const world = await prepare()
    const user = await signUp(world.app, 'ada@example.com')
    await world.app.post('/api/collections/users/logout', undefined, user)
    await changeSettings(world, {})

    await world.app.get('/api/collections/users/records', user)

    expect((await logsOf(world)).items[0]?.data['auth']).toBe('')
  })

  it('below the minimum level is not stored, and none is if logs are off', async ({ expect }) => {
    const world = await prepare()

    await changeSettings(world, { minLevel: 8 })
    await world.app.get('/api/health')
    await world.app.get('/api/nothing')
    const errorsOnly = await logsOf(world)
    await changeSettings(world, { maxDays: 0 })
    await world.app.get('/api/nothing')
    const none = await logsOf(world)

    expect(errorsOnly.items.map(({ message }) => message)).toEqual(['GET /api/nothing'])
    expect(none.totalItems).toBe(0)
  })

  it('waits for nothing: there is no trip for logs before the response', async ({ expect }) => {
    const { app } = await prepare()

    const answer = await app.get('/api/collections/users/records')

    expect(tripsOf(answer)).toBe('1 batch, 0 reads, 0 writes')
  })

  it('is written in one batch with others', async ({ expect }) => {
    const batches: number[] = []
    const counting = new Proxy(bindings.DB, {
      get: (db, name) => {
        if (name !== 'batch') return Reflect.get(db, name).bind(db) as unknown
        return (statements: D1PreparedStatement[]) => {
          batches.push(statements.length)
          return db.batch(statements)
        }
      },
    })
    const world = await prepare()
    const app = createTestApp({ LOGS: counting })
    for (let i = 0; i < 100; i++) await app.get('/api/health')

    await app.writeLogs()

    expect(batches).toEqual([5])
    expect((await logsOf(world)).totalItems).toBe(100)
  })
})

describe('under load', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('one write keeps the entries of fifty requests at least', async ({ expect }) => {
    const world = await prepare()
    const groups: number[] = []
    const buffer = createLogBuffer()
    let added = 0
    const logs: LogBuffer = {
      add: (entry, write) => {
        added++
        return buffer.add(entry, async (entries) => {
          groups.push(entries.length)
          await write(entries)
        })
      },
    }
    const app = createTestApp({}, { logs })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

    const answers = Promise.all(
      Array.from({ length: 500 }, () => app.get('/api/collections/users/records')),
    )
    await vi.waitFor(() => expect(added).toBe(500), { timeout: 50_000 })
    await vi.advanceTimersByTimeAsync(10_000)
    await answers

    expect(groups.length).toBeLessThanOrEqual(500 / 50)
    expect((await logsOf(world)).totalItems).toBe(500)
  })
})

describe('successes that are not logged', () => {
  it('are reads of the logs; rejected ones are logged', async ({ expect }) => {
    const world = await prepare()
    const { token } = world.superuser

    await world.app.get('/api/logs', { token })
    await world.app.get('/api/logs/stats', { token })
    await world.app.get('/api/logs')

    const { items } = await logsOf(world)
    expect(items.map(({ data }) => data['status'])).toEqual([401])
  })
})

describe('the logs', () => {
  it('are filtered and sorted, by their data too', async ({ expect }) => {
    const world = await prepare()
    for (const path of ['/api/health', '/api/nothing', '/api/health?x=1']) await world.app.get(path)

    const found = async (query: string): Promise<string[]> =>
      (await logsOf(world, query)).items.map(({ message }) => message)

    expect(await found('?filter=data.status>=400')).toEqual(['GET /api/nothing'])
    expect(await found("?filter=message~'health'%26%26level=0&sort=-@rowid")).toEqual([
      'GET /api/health?x=1',
      'GET /api/health',
    ])
    expect(await found('?sort=-data.status,-created&perPage=1')).toEqual(['GET /api/nothing'])
  })

  it.for(['?filter=unknown=1', '?sort=unknown', '?filter=(', '?page=x'])(
    'refuse %s',
    async (query, { expect }) => {
      const { app, superuser } = await prepare()

      const { status } = await app.get(`/api/logs${query}`, superuser)

      expect(status).toBe(400)
    },
  )

  it('are counted per hour', async ({ expect }) => {
    const world = await prepare()
    const insert = bindings.DB.prepare(
      `INSERT INTO "_logs" VALUES (?, CAST(? AS INTEGER), 'm', '{}', ?)`,
    )
    await bindings.DB.batch([
      insert.bind('a', 0, '2026-01-02 11:59:59.999Z'),
      insert.bind('b', 0, '2026-01-02 10:00:00.000Z'),
      insert.bind('c', 8, '2026-01-02 11:00:00.000Z'),
    ])

    const all = await world.app.get('/api/logs/stats', world.superuser)
    const failures = await world.app.get('/api/logs/stats?filter=level=8', world.superuser)
    const refused = await world.app.get('/api/logs/stats?filter=x', world.superuser)

    expect(all.body).toEqual([
      { date: '2026-01-02 10:00:00.000Z', total: 1 },
      { date: '2026-01-02 11:00:00.000Z', total: 2 },
    ])
    expect(failures.body).toEqual([{ date: '2026-01-02 11:00:00.000Z', total: 1 }])
    expect(refused).toMatchObject({ status: 400, body: { message: 'Invalid filter format.' } })
  })

  it('are viewed one by one', async ({ expect }) => {
    const world = await prepare()
    await world.app.get('/api/health')
    const [entry] = (await logsOf(world)).items

    const found = await world.app.get(`/api/logs/${entry?.id}`, world.superuser)
    const missing = await world.app.get('/api/logs/none', world.superuser)

    expect(found).toMatchObject({ status: 200, body: entry })
    expect(missing.status).toBe(404)
  })

  it.for(['/api/logs', '/api/logs/stats', '/api/logs/x'])(
    'are for superusers: %s',
    async (path, { expect }) => {
      const { app } = await prepare()
      const user = await signUp(app, 'ada@example.com')

      expect((await app.get(path)).status).toBe(401)
      expect((await app.get(path, user)).status).toBe(403)
    },
  )

  it('are stored in a separate database if one is bound', async ({ expect }) => {
    const LOGS = bindings.LOGS_OF_A_TEST
    const queries = host.migrations.flatMap((migration) => migration.queries)
    await LOGS.batch(queries.map((query) => LOGS.prepare(query)))
    const world = await prepare({ LOGS })
    const insert = `INSERT INTO "_logs" VALUES ('old', 0, 'm', '{}', '2020-01-02 10:00:00.000Z')`
    await LOGS.prepare(insert).run()
    const { token } = world.superuser

    await world.app.get('/api/health')
    const all = await logsOf(world)
    const stats = await world.app.get('/api/logs/stats?filter=created<"2021"', { token })
    const one = await world.app.get('/api/logs/old', { token })
    await world.app.post('/api/crons/__pbLogsCleanup__', undefined, { token })
    const guest = await world.app.get('/api/logs/old')
    const left = await logsOf(world, '?filter=message!~"/api/logs"')

    expect(all.items.map(({ message }) => message)).toEqual(['m', 'GET /api/health'])
    expect(stats.body).toEqual([{ date: '2020-01-02 10:00:00.000Z', total: 1 }])
    expect(one.status).toBe(200)
    expect(guest.status).toBe(401)
    expect(left.items.map(({ message }) => message)).toEqual([
      'GET /api/health',
      'POST /api/crons/__pbLogsCleanup__',
    ])
    expect(await bindings.DB.prepare('SELECT count(*) AS n FROM "_logs"').first('n')).toBe(0)
  })
})

// More people read a log than a database, so it must not contain anything that grants access.
describe('no secret', () => {
  it('is in the logs of any flow', async ({ expect }) => {
    const world = await prepare()
    const { app, superuser } = world
    await changeSettings(world, { logAuthId: true })
    await createCollections(app, superuser.token, { name: 'posts', fields: [] })
    const users = '/api/collections/users'
    const user = await signUp(app, 'ada@example.com')
    const email = 'ada@example.com'
    await app.post(`${users}/request-verification`, { email })
    await app.post(`${users}/request-password-reset`, { email })
    const links = app.mailbox.mails.flatMap(({ html }) => html.match(/https?:[^"\s<]+/g) ?? [])
    for (const link of links) await app.get(link.replace(/^https?:\/\/[^/]+/, ''))
    await app.post(`${users}/auth-with-password`, { identity: email, password: 'wrong-password' })
    await app.post(`${users}/auth-with-password?password=${password}`, { identity: email })
    await app.post(`${users}/auth-refresh`, undefined, user)
    await app.get(`/api/files/users/${user.id}/x.png?token=${user.token}`)
    await app.get(`/api/health?access_token=${user.token}`, {
      headers: { Referer: `https://a.example/?token=${user.token}`, 'User-Agent': user.token },
    })
    await app.get(`/api/collections/${user.token}/records`, user)
    await app.get('/api/oauth2-redirect?code=oauth2code&state=oauth2state')
    await app.post(`${users}/impersonate/${user.id}`, {}, superuser)

    await app.writeLogs()

    const { results } = await bindings.DB.prepare('SELECT * FROM "_logs"').all()
    const text = JSON.stringify(results)
    expect(results.length).toBeGreaterThan(10)
    expect(links.length).toBeGreaterThan(1)
    const secrets = ['eyJ', password, 'wrong-password', 'oauth2code', 'oauth2state']
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })
})

// An attacker decides where a secret is, and the log must not depend on it.
describe('no secret that a client puts where none belongs', () => {
  const secret = 'hunter2hunter2'
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6Imh1bnRlcjIifQ.aHVudGVyMmh1bnRlcjI'

  it.for<[name: string, method: string, path: string, options?: RequestOptions]>([
    ['a file token', 'GET', `/api/files/users/abc/x.png?thumb=1x1&token=${secret}`],
    ['an escaped parameter', 'GET', `/api/health?%74oken=${secret}`],
    ['an address in an address', 'GET', `/api/health?next=%252Fx%253Ftoken%253D${secret}`],
    ['a filter', 'GET', `/api/collections/users/records?filter=tokenKey%3D'${secret}'`],
    ['a way back', 'GET', `/api/oauth2-redirect?code=${secret}&state=${secret}&error=x`],
    ['a path', 'GET', `/api/collections/${jwt}/records/${jwt}`],
    ['an escaped path', 'GET', `/api/collections/${jwt.replaceAll('.', '%2e')}/records`],
    ['a page', 'GET', `/_/nothing/${jwt}`],
    ['a bearer', 'GET', '/api/logs', { headers: { Authorization: `Bearer ${secret}` } }],
    ['a wrong token', 'GET', '/api/logs', { token: jwt }],
    ['a cookie', 'GET', '/api/nothing', { headers: { Cookie: `pb_auth=${secret}` } }],
    ['a referrer', 'GET', '/api/nothing', { headers: { Referer: `https://a/?token=${secret}` } }],
    ['a user', 'GET', '/api/nothing', { headers: { Referer: `https://u:${secret}@a/` } }],
    ['a fragment', 'GET', '/api/nothing', { headers: { Referer: `https://a/#t=${secret}` } }],
    ['an agent', 'GET', '/api/nothing', { headers: { 'User-Agent': `x ${jwt} y` } }],
    [
      'a password',
      'POST',
      '/api/collections/users/auth-with-password',
      { body: { identity: 'ada@example.com', password: secret } },
    ],
    [
      'a code',
      'POST',
      '/api/collections/users/auth-with-otp',
      { body: { otpId: secret, password: secret } },
    ],
    [
      'a code of a provider',
      'POST',
      '/api/collections/users/auth-with-oauth2',
      { body: { provider: 'x', code: secret, codeVerifier: secret, redirectURL: 'https://a' } },
    ],
    [
      'a mailed token',
      'POST',
      '/api/collections/users/confirm-password-reset',
      { body: { token: secret, password: secret, passwordConfirm: `${secret}x` } },
    ],
    [
      'a record',
      'POST',
      '/api/collections/users/records',
      { body: { email: 'x', password: secret, passwordConfirm: 'other' } },
    ],
    ['a broken body', 'POST', '/api/collections/users/records', { body: `{"password":"${secret}` }],
    [
      'a batch',
      'POST',
      '/api/batch',
      { body: { requests: [{ method: 'POST', url: `/api/x?token=${secret}`, body: {} }] } },
    ],
  ])('is in the logs: %s', async ([, method, path, options], { expect }) => {
    const world = await prepare()
    await world.app.patch('/api/settings', { batch: { enabled: true } }, world.superuser)

    await world.app.request(method, path, options)
    await world.app.writeLogs()

    await expectSilence(expect)
  })

  it.for<[name: string, path: string, body: unknown]>([
    ['SQL', '/api/sql', { query: `SELECT ${secret}` }],
    ['broken SQL', '/api/sql', { query: `SELECT '${secret}' ${secret} ${secret}` }],
    ['a mail', '/api/settings/test/email', { email: secret, template: secret }],
    [
      'a collection',
      '/api/collections',
      { name: '!', type: 'auth', fields: [], authToken: { secret, duration: 1 } },
    ],
  ])('is in the logs, including a superuser’s: %s', async ([, path, body], { expect }) => {
    const { app, superuser } = await prepare()

    const { status } = await app.post(path, body, superuser)
    await app.patch('/api/settings', { smtp: { password: secret, port: -1 } }, superuser)
    await app.writeLogs()

    expect(status).toBe(400)
    await expectSilence(expect)
  })

  async function expectSilence(expect: ExpectStatic): Promise<void> {
    const { results } = await bindings.DB.prepare('SELECT * FROM "_logs"').all()
    const text = decodeURIComponent(JSON.stringify(results))
    expect(results.length).toBeGreaterThan(0)
    expect(text).not.toMatch(/hunter2|aHVudGVy|eyJpZCI6/)
  }
})

describe('logs that cannot be written', () => {
  it('do not harm the request', async ({ expect }) => {
    const LOGS = new Proxy(bindings.DB, {
      get: (db, name) => {
        if (name === 'batch') return () => Promise.reject(new Error('down'))
        return Reflect.get(db, name).bind(db) as unknown
      },
    })
    const mail = createMailbox().transports
    const app = createTestApp(
      { LOGS },
      { mail, logs: { add: (makeEntry, write) => write([makeEntry()]) } },
    )

    const { status } = await app.get('/api/health')

    expect(status).toBe(200)
  })
})

describe('the cost of a request', () => {
  it('is logged: batches, and the rows that they write', async ({ expect }) => {
    const world = await prepare()
    await createCollections(world.app, world.superuser.token, { name: 'notes' })
    for (let n = 0; n < 20; n++) await world.app.post('/api/collections/notes/records', {})
    await world.app.get('/api/collections/notes/records?perPage=1&filter=id!="x"')

    const { items } = await logsOf(
      world,
      `?filter=data.url~"notes/records"&sort=-created&perPage=2`,
    )
    const [list, create] = items.map(({ data }) => data)

    expect(list).toMatchObject({
      d1Batches: 1,
      d1RowsWritten: 0,
      route: '/api/collections/:collection/records',
    })
    expect(Number(create?.['d1RowsWritten'])).toBeGreaterThan(0)
  })

  it('is logged with the rule that decided', async ({ expect }) => {
    const world = await prepare()
    await createCollections(world.app, world.superuser.token, {
      name: 'notes',
      listRule: null,
      viewRule: 'id = "x"',
      createRule: 'id = "x"',
    })
    const { id } = await world.app
      .post('/api/collections/notes/records', {}, { token: world.superuser.token })
      .then(({ body }) => body as { id: string })
    await world.app.get(`/api/collections/notes/records/${id}`)
    await world.app.get('/api/collections/notes/records')
    await world.app.post('/api/collections/notes/records', {})

    const { items } = await logsOf(world, '?filter=data.status>=400&sort=data.method')

    expect(
      items.map(({ data }) => String(data['rule'])).toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['notes.createRule', 'notes.listRule', 'notes.viewRule'])
  })
})

describe('the summary of the logs', () => {
  const path = '/api/logs/summary'

  it('counts outcomes, times and rows by step, and by route', async ({ expect }) => {
    const world = await prepare()
    const entry = (n: number, created: string, status: number, route = '/api/a'): string => {
      const data = {
        type: 'request',
        method: 'GET',
        route,
        status,
        execTime: n,
        d1Batches: 1,
        d1RowsRead: n,
        d1RowsWritten: 0,
      }
      return `('${String(n).padStart(15, '0')}', 0, '', '${JSON.stringify(data)}', '${created}')`
    }
    const rows = [
      ...Array.from({ length: 20 }, (_, n) => entry(n + 1, '2026-01-02 03:04:05.000Z', 200)),
      entry(30, '2026-01-02 04:00:00.000Z', 404),
      entry(31, '2026-01-02 04:59:59.999Z', 500, '/api/b'),
      entry(32, '2026-01-03 00:00:00.000Z', 200),
    ]
    await bindings.DB.prepare(
      `INSERT INTO "_logs" ("id", "level", "message", "data", "created") VALUES ${rows.join()}`,
    ).run()

    const answer = await world.app.get(`${path}?from=2026-01-02&to=2026-01-03`, world.superuser)

    const first = { ok: 20, refused: 0, failed: 0, p50: 10, p95: 19, d1Batches: 20, rowsRead: 210 }
    const second = { ok: 0, refused: 1, failed: 1, p50: 30, p95: 31, d1Batches: 2, rowsRead: 61 }
    expect(answer.body).toEqual({
      steps: [
        { at: '2026-01-02 03:00:00.000Z', rowsWritten: 0, ...first },
        { at: '2026-01-02 04:00:00.000Z', rowsWritten: 0, ...second },
      ],
      routes: [
        { method: 'GET', route: '/api/a', count: 21, failed: 0, p95: 20, rowsRead: 240 },
        { method: 'GET', route: '/api/b', count: 1, failed: 1, p95: 31, rowsRead: 31 },
      ],
    })
    expect(tripsOf(answer)).toBe('1 batch, 1 read, 0 writes')
  })

  it.for([
    ['?step=week', 'The step must be minute, hour or day.'],
    ['?from=yesterday', 'Invalid date in from or to.'],
    ['?step=minute&from=2026-01-01&to=2026-01-02', 'The range has more than 500 steps.'],
    ['?filter=x', 'Invalid filter format.'],
  ])('rejects %s', async ([query, message = ''], { expect }) => {
    const world = await prepare()

    const { status, body } = await world.app.get(`${path}${query}`, world.superuser)

    expect({ status, body }).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    })
  })

  it('is for superusers', async ({ expect }) => {
    const { app } = await prepare()
    const { status } = await app.get(path)
    expect(status).toBe(401)
  })
})
