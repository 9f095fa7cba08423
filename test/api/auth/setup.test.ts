import { describe, it, vi } from 'vitest'
import { endSetupLink, newSetupLink } from '#auth/setup/new-setup-link.ts'
import { insertSuperuser, password, signIn, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const email = 'first@example.com'

/** Prints a link, as `npm start` does, and returns its token. */
async function printLink(now = new Date()): Promise<string> {
  const { token, statement } = await newSetupLink(now)
  await bindings.DB.prepare(statement).run()
  return token
}

function setUp(
  app: TestApp,
  token: unknown,
  values: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body = { token, email, password, passwordConfirm: password, ...values }
  return app.post('/api/setup', body, { headers })
}

/** Each caller from an address of its own, so that none is limited. */
function from(n: number): Record<string, string> {
  return { 'CF-Connecting-IP': `198.51.100.${n}` }
}

async function superusers(): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare('SELECT "email" FROM "_superusers"').all()
  return results.map((row) => row['email'])
}

const done = { status: 403, message: 'There is a superuser already.', data: {} }
const invalid = { status: 403, message: 'The setup link is invalid or has expired.', data: {} }

describe('the setup link', () => {
  it('makes the first superuser, who is signed in', async ({ expect }) => {
    const app = createTestApp()

    const { status, body, headers } = await setUp(app, await printLink())

    const { record, token } = body as { record: Record<string, unknown>; token: string }
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'no-store'])
    expect(record).toMatchObject({ collectionName: '_superusers', email, verified: true })
    expect(Object.keys(record)).not.toContain('password')
    expect((await app.get('/api/settings', { token })).status).toBe(200)
    expect((await signIn(app, '_superusers', email)).id).toBe(record['id'])
  })

  it('holds once', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()
    await setUp(app, token)

    const again = await setUp(app, token, { email: 'second@example.com' })

    expect([again.status, again.body]).toEqual([403, done])
    expect(await superusers()).toEqual([email])
  })

  it('does not hold again once the superuser it made is gone', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()
    await setUp(app, token)
    await bindings.DB.prepare('DELETE FROM "_superusers"').run()

    expect((await setUp(app, token)).body).toEqual(invalid)
    expect(await superusers()).toEqual([])
  })

  it('makes one superuser for 30 concurrent requests', async ({ expect }) => {
    const apps = [createTestApp(), createTestApp(), createTestApp()]
    const token = await printLink()

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        setUp(apps[n % 3] ?? createTestApp(), token, { email: `${n}@example.com` }, from(n)),
      ),
    )

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
    expect(statuses).toEqual([200, ...Array.from({ length: 29 }, () => 403)])
    expect(answers.filter(({ status }) => status === 403).map(({ body }) => body)).toEqual(
      Array.from({ length: 29 }, () => done),
    )
    expect(await superusers()).toHaveLength(1)
  })

  it('expires after 24 hours', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink(new Date(Date.now() - 24 * 60 * 60 * 1000))

    expect((await setUp(app, token)).body).toEqual(invalid)
  })

  it('is replaced by the next one', async ({ expect }) => {
    const app = createTestApp()
    const first = await printLink()
    const second = await printLink()

    expect((await setUp(app, first)).body).toEqual(invalid)
    expect((await setUp(app, second)).status).toBe(200)
  })

  it('is not stored where there is a superuser', async ({ expect }) => {
    const app = createTestApp()
    await insertSuperuser()
    const token = await printLink()

    const { results } = await bindings.DB.prepare(
      `SELECT * FROM "_params" WHERE id = 'setup'`,
    ).all()
    expect(results).toEqual([])
    expect((await setUp(app, token)).body).toEqual(done)
  })

  it('does not hold once there is a superuser, though it was not used', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()
    await insertSuperuser()

    expect((await setUp(app, token)).body).toEqual(done)
  })

  it('ends with the superuser of the command line', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()
    await bindings.DB.prepare(endSetupLink).run()

    expect((await setUp(app, token)).body).toEqual(invalid)
  })

  it.for([
    { name: 'no token', token: undefined },
    { name: 'an empty token', token: '' },
    { name: 'another token', token: 'a'.repeat(43) },
    { name: 'a token of another kind', token: { length: 43 } },
  ])('is not guessed by $name', async ({ token }, { expect }) => {
    const app = createTestApp()
    await printLink()

    const { status } = await setUp(app, token)

    expect(status).toBe(token !== null && typeof token === 'object' ? 400 : 403)
    expect(await superusers()).toEqual([])
  })

  it('is not opened by the digest that the database holds', async ({ expect }) => {
    const app = createTestApp()
    await printLink()
    const row = await bindings.DB.prepare(`SELECT "value" FROM "_params" WHERE id = 'setup'`).all()
    const { sha256 } = JSON.parse(String(row.results[0]?.['value'])) as { sha256: string }

    expect((await setUp(app, sha256)).body).toEqual(invalid)
  })

  it('is not there where none was printed', async ({ expect }) => {
    expect((await setUp(createTestApp(), '')).body).toEqual(invalid)
  })

  it('stands after faulty fields, which are named', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()

    const short = await setUp(app, token, { password: 'short', passwordConfirm: 'short' })
    const other = await setUp(app, token, { email: 'x', passwordConfirm: 'other' })

    expect(short).toMatchObject({
      status: 400,
      body: { data: { password: { code: 'validation_min_text_constraint' } } },
    })
    expect(other).toMatchObject({
      status: 400,
      body: { data: { passwordConfirm: { code: 'validation_values_mismatch' } } },
    })
    expect((await setUp(app, token)).status).toBe(200)
  })

  it('sets no other field', async ({ expect }) => {
    const app = createTestApp()
    const values = { id: 'chosen000000000', tokenKey: 'k'.repeat(50), emailVisibility: true }

    const { body } = await setUp(app, await printLink(), values)

    expect(body).toMatchObject({ record: { emailVisibility: false } })
    expect((body as { record: { id: string } }).record.id).not.toBe(values.id)
  })
})

describe('an attempt at the setup', () => {
  it('is one of five in ten minutes, counted for all isolates', async ({ expect }) => {
    const isolates = [createTestApp(), createTestApp()]
    const token = await printLink()
    const guesses: number[] = []
    for (let n = 0; n < 6; n++) {
      const { status } = await setUp(isolates[n % 2] ?? createTestApp(), `guess ${n}`)
      guesses.push(status)
    }

    const limited = await setUp(createTestApp(), token)

    expect(guesses).toEqual([403, 403, 403, 403, 403, 429])
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('Retry-After'))).toBeGreaterThan(500)
    expect((await setUp(createTestApp(), token, {}, from(1))).status).toBe(200)
  })

  it('is no less limited with a token of another account', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signUp(app, 'user@example.com')
    await printLink()
    const guesses: number[] = []
    for (let n = 0; n < 6; n++) {
      guesses.push((await app.post('/api/setup', { token: 'guess' }, { token })).status)
    }

    expect(guesses).toEqual([403, 403, 403, 403, 403, 429])
  })

  it('costs no password hash without the link', async ({ expect }) => {
    const hash = vi.fn<(text: string) => Promise<string>>()
    const passwords = { hash, verify: () => Promise.resolve(false), needsUpgrade: () => false }
    const app = createTestApp({}, { passwords })
    await printLink()

    await setUp(app, 'guess')

    expect(hash).not.toHaveBeenCalled()
  })

  it('is refused from an address that superusers may not use', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await setUp(app, await printLink()).then(
      ({ body }) => body as { token: string },
    )
    await app.patch('/api/settings', { superuserIPs: ['127.0.0.1'] }, { token })
    await bindings.DB.prepare('DELETE FROM "_superusers"').run()
    const link = await printLink()

    expect((await setUp(app, link, {}, from(1))).status).toBe(403)
    expect(await superusers()).toEqual([])
    expect((await setUp(app, link)).status).toBe(200)
  })

  it('leaves neither token nor password in the logs', async ({ expect }) => {
    const app = createTestApp()
    const token = await printLink()
    await setUp(app, token, { password: 'x', passwordConfirm: 'x' })
    await setUp(app, token)
    await app.writeLogs()

    const { results } = await bindings.DB.prepare('SELECT * FROM "_logs"').all()
    const text = JSON.stringify(results)
    expect(results.length).toBeGreaterThan(0)
    expect(text).toContain('/api/setup')
    expect(text).not.toContain(token)
    expect(text).not.toContain(password)
  })
})
