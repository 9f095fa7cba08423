import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { password, type SignedIn, signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const email = 'ada@example.com'
const path = '/api/collections/users/auth-with-password'

let app: TestApp
let superuser: SignedIn
let id: string

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  const { body } = await app.post('/api/collections/users/records', {
    email,
    name: 'Ada',
    password,
    passwordConfirm: password,
  })
  id = (body as { id: string }).id
})
afterEach(() => {
  vi.useRealTimers()
})

interface Origin {
  readonly id: string
  readonly fingerprint: string
  readonly created: string
  readonly updated: string
}

async function origins(): Promise<Origin[]> {
  const select = 'SELECT * FROM "_authOrigins" WHERE "recordRef" = ? ORDER BY "created", "rowid"'
  const { results } = await bindings.DB.prepare(select).bind(id).all<Origin>()
  return results
}

function signInFrom(ip: string, userAgent = 'curl/8', identity = email): Promise<Answer> {
  const headers = { 'CF-Connecting-IP': ip, 'User-Agent': userAgent }
  return app.post(path, { identity, password }, { headers })
}

function at(moment: string): void {
  vi.useFakeTimers({ now: new Date(moment), toFake: ['Date'] })
}

describe('auth origins', () => {
  it('are the MD5 of address and client, as in PocketBase', async ({ expect }) => {
    await signInFrom('203.0.113.1', 'curl/8')

    const [origin] = await origins()
    // printf '203.0.113.1curl/8' | md5sum
    expect(origin?.fingerprint).toBe('24452e7c261547de8c3d99e9ff7d6440')
  })

  it('use the first 200 bytes of a long client', async ({ expect }) => {
    await signInFrom('203.0.113.1', 'x'.repeat(201))
    await signInFrom('203.0.113.1', 'x'.repeat(300))

    const [origin, ...others] = await origins()
    expect(origin?.fingerprint).toBe('537a59ae48d73a03fa0deab5ed191901')
    expect(others).toEqual([])
  })

  it('are visible to the account only', async ({ expect }) => {
    const { body } = await signInFrom('203.0.113.1')

    const list = '/api/collections/_authOrigins/records'
    const own = await app.get(list, { token: (body as { token: string }).token })
    const guest = await app.get(list)
    expect(own.body).toMatchObject({
      totalItems: 1,
      items: [{ recordRef: id, collectionRef: '_pb_users_auth_', collectionName: '_authOrigins' }],
    })
    expect(guest.body).toMatchObject({ totalItems: 0 })
  })

  it('are stored once, and updated on another use', async ({ expect }) => {
    at('2030-01-01T00:00:00Z')
    await signInFrom('203.0.113.1')
    at('2030-01-01T00:01:00Z')
    await signInFrom('203.0.113.1')

    expect(await origins()).toMatchObject([
      { created: '2030-01-01 00:00:00.000Z', updated: '2030-01-01 00:01:00.000Z' },
    ])
  })

  it('are limited to five, dropping the oldest', async ({ expect }) => {
    for (let i = 0; i < 5; i++) await signInFrom(`203.0.113.${i}`)
    const [oldest, ...others] = await origins()

    await signInFrom('203.0.113.5')

    const now = await origins()
    expect(now).toHaveLength(5)
    expect(now.slice(0, 4)).toEqual(others)
    expect(now.map((origin) => origin.id)).not.toContain(oldest?.id)
  })

  it('stay five when an old one is used again', async ({ expect }) => {
    for (let i = 0; i < 5; i++) await signInFrom(`203.0.113.${i}`)

    await signInFrom('203.0.113.0')

    expect(await origins()).toHaveLength(5)
  })

  it('are deleted with a new password', async ({ expect }) => {
    await signInFrom('203.0.113.1')
    await app.patch(
      `/api/collections/users/records/${id}`,
      { password: 'another-password', passwordConfirm: 'another-password' },
      { token: superuser.token },
    )

    expect(await origins()).toEqual([])
  })

  it('are not stored if alerts are off', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', { authAlert: { enabled: false } })

    await signInFrom('203.0.113.1')
    await signInFrom('203.0.113.2')

    expect(await origins()).toEqual([])
    expect(app.mailbox.mails).toEqual([])
  })

  it('are not stored for a failed or refreshed sign-in', async ({ expect }) => {
    const { body } = await signInFrom('203.0.113.1')
    const { token } = body as { token: string }
    const headers = { 'CF-Connecting-IP': '203.0.113.2' }

    await app.post(path, { identity: email, password: 'wrong' }, { headers })
    await app.post('/api/collections/users/auth-refresh', undefined, { token, headers })

    expect(await origins()).toHaveLength(1)
  })

  it('cost no trip', async ({ expect }) => {
    await signInFrom('203.0.113.1')

    const answer = await signInFrom('203.0.113.2')

    expect(tripsOf(answer)).toBe('2 batches, 0 reads, 1 write')
  })

  it('are stored once by two concurrent sign-ins', async ({ expect }) => {
    const answers = await Promise.all([signInFrom('203.0.113.1'), signInFrom('203.0.113.1')])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await origins()).toHaveLength(1)
  })
})

describe('the mail about a new location', () => {
  it('does not follow the very first sign-in', async ({ expect }) => {
    await signInFrom('203.0.113.1')

    expect(app.mailbox.mails).toEqual([])
  })

  it('has the time and location, escaped', async ({ expect }) => {
    at('2030-01-01T00:00:00Z')
    await signInFrom('203.0.113.1')

    await signInFrom('203.0.113.2', 'curl <b>&')

    const { to, subject, html } = app.mailbox.last()
    expect(app.mailbox.mails).toHaveLength(1)
    expect(to).toEqual([{ name: '', address: email }])
    expect(subject).toBe('Login from a new location')
    expect(html).toContain('2030-01-01 00:00:00.000Z - 203.0.113.2 curl &lt;b&gt;&amp;')
  })

  it('fills the placeholders of the account', async ({ expect }) => {
    const emailTemplate = { subject: '{RECORD:name}', body: '{RECORD:email} {ALERT_INFO}' }
    await changeCollection(app, superuser.token, 'users', { authAlert: { emailTemplate } })
    await signInFrom('203.0.113.1')

    await signInFrom('203.0.113.2')

    expect(app.mailbox.last().subject).toBe('Ada')
    expect(app.mailbox.last().text).toContain(email)
  })

  it('is sent once per location', async ({ expect }) => {
    await signInFrom('203.0.113.1')
    await signInFrom('203.0.113.2')
    await signInFrom('203.0.113.1')
    await signInFrom('203.0.113.2')

    expect(app.mailbox.mails).toHaveLength(1)
  })

  it('is sent once for two concurrent sign-ins', async ({ expect }) => {
    await signInFrom('203.0.113.1')

    await Promise.all([signInFrom('203.0.113.2'), signInFrom('203.0.113.2')])

    expect(app.mailbox.mails).toHaveLength(1)
  })

  it('does not stop the sign-in if it cannot be sent, and waits', async ({ expect }) => {
    await signInFrom('203.0.113.1')
    app.mailbox.fail(() => new Error('down'))

    const answer = await signInFrom('203.0.113.2')

    const waiting = await bindings.DB.prepare('SELECT count(*) AS n FROM "_outbox"').first('n')
    expect(answer.status).toBe(200)
    expect(waiting).toBe(1)
  })

  it('is not written to an account without an address', async ({ expect }) => {
    const { body } = await app.get('/api/collections/users', { token: superuser.token })
    const { indexes } = body as { indexes: string[] }
    await changeCollection(app, superuser.token, 'users', {
      indexes: [...indexes, 'CREATE UNIQUE INDEX `idx_name` ON `users` (`name`)'],
      passwordAuth: { identityFields: ['email', 'name'] },
    })
    await bindings.DB.prepare(`UPDATE "users" SET "email" = ''`).run()

    await signInFrom('203.0.113.1', 'curl/8', 'Ada')
    const answer = await signInFrom('203.0.113.2', 'curl/8', 'Ada')

    expect(answer.status).toBe(200)
    expect(await origins()).toHaveLength(2)
    expect(app.mailbox.mails).toEqual([])
  })
})
