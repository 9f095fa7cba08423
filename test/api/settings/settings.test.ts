import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
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

  it('are closed to guests and to records that are no superusers', async ({ expect }) => {
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

  it('change in part, for every isolate, at the next request', async ({ expect }) => {
    const app = createTestApp()
    const elsewhere = createTestApp()
    const { token } = await signInSuperuser(app)
    await elsewhere.get(path, { token })

    const changed = await app.patch(
      path,
      { META: { APPNAME: 'Zed' }, logs: null, unknown: 1 },
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

    const { body } = await app.patch(path, { smtp: { username: 'mailer' } }, { token })
    const stored = await bindings.DB.prepare(`SELECT "value" FROM "_params"`).first<string>('value')

    expect(JSON.stringify(body)).not.toContain('top-secret')
    expect(JSON.parse(stored ?? '')).toMatchObject({
      smtp: { username: 'mailer', password: 'top-secret' },
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

  it('stay as they are when one of them is refused', async ({ expect }) => {
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
    'refuse the body %s',
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

  it('shut out superusers from elsewhere at once', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch(path, { superuserIPs: ['10.0.0.0/8'] }, { token })

    const outside = await app.get(path, { token, headers: { 'CF-Connecting-IP': '11.0.0.1' } })
    const inside = await app.get(path, { token, headers: { 'CF-Connecting-IP': '10.0.0.1' } })

    expect(outside.status).toBe(403)
    expect(inside.status).toBe(200)
  })
})
