import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/settings'

describe('settings', () => {
  it('are the defaults of a new deployment, with sign-in limited', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const { status, body } = await app.get(path, { token })

    expect(status).toBe(200)
    expect(body).toMatchObject({
      meta: { appName: 'Acme' },
      rateLimits: { enabled: true },
    })
  })

  it('reject guests and records other than superusers', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signUp(app, 'user@example.com')

    for (const method of ['GET', 'PATCH']) {
      const guest = await app.request(method, path, method === 'GET' ? {} : { body: '{' })
      const user = await app.request(method, path, { token })
      const forged = await app.request(method, path, { token: `${token}x` })

      expect(guest.body).toEqual({
        data: {},
        message: 'The request requires valid record authorization token.',
        status: 401,
      })
      expect(user.body).toEqual({
        data: {},
        message: 'The authorized record is not allowed to perform this action.',
        status: 403,
      })
      expect(forged.status).toBe(401)
    }
  })

  it('change partially, for every isolate, at the next request', async ({ expect }) => {
    const app = createTestApp()
    const elsewhere = createTestApp()
    const { token } = await signInSuperuser(app)
    await elsewhere.get(path, { token })

    const changed = await app.patch(
      path,
      { meta: { appName: 'Zed' }, logs: null, unknown: 1 },
      { token },
    )
    const seen = await elsewhere.get(path, { token })

    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ meta: { appName: 'Zed', senderName: 'Support' } })
    expect(seen.body).toEqual(changed.body)
  })

  it('never show a secret, and keep one that is not sent', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch(path, { smtp: { password: 'top-secret' } }, { token })

    const { body } = await app.patch(path, { smtp: { localName: 'mailer' } }, { token })
    const stored = await bindings.DB.prepare(`SELECT "value" FROM "_params"`).first<string>('value')

    expect(JSON.stringify(body)).not.toMatch(/top-secret|enc:/)
    expect(stored).not.toContain('top-secret')
    expect(JSON.parse(stored ?? '')).toMatchObject({
      smtp: { localName: 'mailer', password: expect.stringMatching(/^enc:v1:/) },
    })
  })

  // An attacker with a superuser's session could otherwise have the password sent to their own
  // server.
  it.for([
    [{ smtp: { host: 'mail.attacker.example.com' } }, ['smtp', 'password']],
    [{ smtp: { username: 'other' } }, ['smtp', 'password']],
    [{ smtp: { enabled: true, port: 2525 } }, ['smtp', 'password']],
    [{ s3: { endpoint: 'https://attacker.example.com' } }, ['s3', 'secret']],
    [{ backups: { s3: { accessKey: 'other' } } }, ['backups', 's3', 'secret']],
  ] as const)(
    'send no stored secret to another server or user: %j',
    async ([change, at], { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)
      const s3 = { secret: 'top-secret' }
      await app.patch(path, { smtp: { password: 'top-secret' }, s3, backups: { s3 } }, { token })
      const issue = at.toReversed().reduce<unknown>((inner, name) => ({ [name]: inner }), {
        code: 'validation_secret_required_again',
        message: expect.stringContaining('another server or user'),
      })

      const kept = await app.patch(path, change, { token })
      const { body } = await app.get(path, { token })

      expect(kept).toMatchObject({
        status: 400,
        body: { message: 'An error occurred while saving the new settings.', data: issue },
      })
      expect(body).not.toMatchObject(change)
    },
  )

  it('accept another server with its secret, or with none', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const patch = (smtp: object) => app.patch(path, { smtp }, { token })
    await patch({ password: 'top-secret' })

    const sent = await patch({ host: 'a.example.com', password: 'top-secret' })
    const removed = await patch({ host: 'b.example.com', password: '' })
    const free = await patch({ host: 'c.example.com' })

    expect([sent.status, removed.status, free.status]).toEqual([200, 200, 200])
  })

  it('store no secret without a key to seal it', async ({ expect }) => {
    const app = createTestApp({ SETTINGS_KEY: undefined })
    const { token } = await signInSuperuser(app)
    const secrets = { smtp: { password: 'top-secret' }, meta: { appName: 'Zed' } }

    const refused = await app.patch(path, secrets, { token })
    const others = await app.patch(path, { smtp: { password: '', username: 'x' } }, { token })

    expect(refused).toMatchObject({
      status: 400,
      body: {
        message: 'An error occurred while saving the new settings.',
        data: { smtp: { password: { code: 'validation_settings_key_missing' } } },
      },
    })
    expect(others).toMatchObject({ status: 200, body: { meta: { appName: 'Acme' } } })
  })

  // Renaming a collection stores the settings again, because limits may name it.
  it('keep a sealed secret through every change, and use it opened', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'posts', fields: [] })
    const smtp = { enabled: true, host: 'smtp.example.com', username: 'mailer' }
    const rules = [{ label: 'posts:list', audience: '', maxRequests: 300, duration: 10 }]
    const changes = { smtp: { ...smtp, password: 'top-secret' }, rateLimits: { rules } }
    await app.patch(path, changes, { token })

    await app.patch('/api/collections/posts', { name: 'articles' }, { token })
    const mail = { email: 'ada@example.com', template: 'otp' }
    const sent = await app.post('/api/settings/test/email', mail, { token })

    expect(sent.status).toBe(204)
    expect(app.mailbox.servers.at(-1)).toMatchObject({ ...smtp, password: 'top-secret' })
  })

  it('stay readable without the key; only uses of the secret fail', async ({ expect }) => {
    const smtp = { enabled: true, host: 'smtp.example.com', password: 'top-secret' }
    const superuser = await signInSuperuser(createTestApp())
    await createTestApp().patch(path, { smtp }, superuser)
    const app = createTestApp({ SETTINGS_KEY: 'another key'.padEnd(32, '.') })

    const read = await app.get(path, superuser)
    const mail = { email: 'ada@example.com', template: 'otp' }
    const test = await app.post('/api/settings/test/email', mail, superuser)

    expect(read).toMatchObject({ status: 200, body: { smtp: { host: 'smtp.example.com' } } })
    expect(test).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('smtp.password cannot be read: SETTINGS_KEY') },
    })
    expect(app.mailbox.servers).toEqual([])
  })

  it('are sealed by a job if they were stored in plain text', async ({ expect }) => {
    const app = createTestApp()
    const superuser = await signInSuperuser(app)
    const plain = JSON.stringify({ s3: { secret: 'top-secret' } })
    await bindings.DB.batch([
      bindings.DB.prepare(`INSERT INTO "_params" ("id", "value") VALUES ('settings', ?)`).bind(
        plain,
      ),
      bindings.DB.prepare(`UPDATE "_catalog_revision" SET "revision" = "revision" + 1`),
    ])

    const { status } = await app.post('/api/crons/__areteSecretsSealing__', undefined, superuser)

    const stored = await bindings.DB.prepare(`SELECT "value" FROM "_params"`).first<string>('value')
    expect(status).toBe(204)
    expect(JSON.parse(stored ?? '')).toMatchObject({
      s3: { secret: expect.stringMatching(/^enc:v1:/) },
    })
  })

  it('can be sent as a form', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const form = new URLSearchParams({
      'meta.appName': 'Form',
      'logs.maxDays': '7',
      'smtp.tls': 't',
    })

    const { body } = await app.patch(path, form, { token })

    expect(body).toMatchObject({
      meta: { appName: 'Form' },
      logs: { maxDays: 7 },
      smtp: { tls: true },
    })
  })

  it('do not change if one of them is rejected', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const refused = await app.patch(path, { meta: { appName: '', senderName: 'X' } }, { token })
    const { body } = await app.get(path, { token })

    expect(refused.body).toEqual({
      data: { meta: { appName: { code: 'validation_required', message: 'Cannot be blank.' } } },
      message: 'An error occurred while saving the new settings.',
      status: 400,
    })
    expect(body).toMatchObject({ meta: { appName: 'Acme', senderName: 'Support' } })
  })

  it.for(['[]', '{', '"x"', '{"meta":5}', '{"meta":{"appName":5}}', '{"superuserIPs":"x"}'])(
    'reject the body %s',
    async (body, { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)

      const answer = await app.patch(path, body, { token })

      expect(answer.body).toEqual({
        data: {},
        message: 'An error occurred while loading the submitted data.',
        status: 400,
      })
    },
  )

  it('reject superusers from other addresses at once', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch(path, { superuserIPs: ['10.0.0.0/8'] }, { token })

    const outside = await app.get(path, { token, headers: { 'CF-Connecting-IP': '11.0.0.1' } })
    const inside = await app.get(path, { token, headers: { 'CF-Connecting-IP': '10.0.0.1' } })

    expect(outside.status).toBe(403)
    expect(inside.status).toBe(200)
  })
})
