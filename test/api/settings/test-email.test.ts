import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/settings/test/email'
const form = { email: 'ada@example.com', template: 'verification', collection: 'users' }

async function prepare(): Promise<{ app: TestApp; token: string }> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  return { app, token }
}

describe('a test mail', () => {
  it.for([
    { template: 'verification', subject: 'Verify your Acme email' },
    { template: 'password-reset', subject: 'Reset your Acme password' },
    { template: 'email-change', subject: 'Confirm your Acme new email address' },
    { template: 'otp', subject: 'OTP for Acme' },
    { template: 'login-alert', subject: 'Login from a new location' },
  ])('of the kind $template is sent at once', async ({ template, subject }, { expect }) => {
    const { app, token } = await prepare()

    const { status, body } = await app.post(path, { ...form, template }, { token })

    expect([status, body]).toEqual([204, undefined])
    expect(app.mailbox.last()).toMatchObject({
      to: [{ name: '', address: 'ada@example.com' }],
      from: { name: 'Support', address: 'support@example.com' },
      subject,
    })
    expect(app.mailbox.last().text).not.toMatch(/\{[A-Z_]+\}/)
  })

  it('has sample values instead of an account’s', async ({ expect }) => {
    const { app, token } = await prepare()
    const emailTemplate = {
      subject: '{OTP} {OTP_ID}',
      body: '{RECORD:name} {RECORD:email} {RECORD:tokenKey} {RECORD:none}',
    }
    await app.patch('/api/collections/users', { otp: { emailTemplate } }, { token })

    await app.post(path, { ...form, template: 'otp' }, { token })

    expect(app.mailbox.last().subject).toBe('123456 _PB_TEST_OTP_ID_')
    expect(app.mailbox.last().text).toBe(
      '__pb_test_name__ ada@example.com {RECORD:tokenKey} {RECORD:none}\n',
    )
  })

  it('uses the superusers’ template by default', async ({ expect }) => {
    const { app, token } = await prepare()
    const verificationTemplate = { subject: 'Of superusers', body: '<p>x</p>' }
    await app.patch('/api/collections/_superusers', { verificationTemplate }, { token })

    await app.post(path, { ...form, collection: '' }, { token })

    expect(app.mailbox.last().subject).toBe('Of superusers')
  })

  it('that fails has the reason', async ({ expect }) => {
    const { app, token } = await prepare()
    app.mailbox.fail(() => new Error('connection refused'))

    const { status, body } = await app.post(path, form, { token })

    expect(status).toBe(400)
    expect(body).toEqual({
      data: {},
      message: 'Failed to send the test email. Raw error: \nconnection refused.',
      status: 400,
    })
  })

  it.for([
    {
      name: 'nothing',
      changes: { email: '', template: '' },
      codes: { email: 'validation_required', template: 'validation_required' },
    },
    { name: 'no address', changes: { email: 'x' }, codes: { email: 'validation_is_email' } },
    {
      name: 'no template',
      changes: { template: 'x' },
      codes: { template: 'validation_in_invalid' },
    },
    {
      name: 'no collection',
      changes: { collection: 'x' },
      codes: { collection: 'validation_invalid_auth_collection' },
    },
    {
      name: 'a collection without accounts',
      changes: { collection: '_otps' },
      codes: { collection: 'validation_invalid_auth_collection' },
    },
  ])('that names $name is refused', async ({ changes, codes }, { expect }) => {
    const { app, token } = await prepare()

    const { status, body } = await app.post(path, { ...form, ...changes }, { token })

    const { message, data } = body as { message: string; data: Record<string, { code: string }> }
    expect([status, message]).toEqual([400, 'Failed to send the test email.'])
    expect(Object.fromEntries(Object.entries(data).map(([key, { code }]) => [key, code]))).toEqual(
      codes,
    )
    expect(app.mailbox.mails).toEqual([])
  })

  it('is for superusers', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signUp(app, 'user@example.com')

    expect((await app.post(path, form)).status).toBe(401)
    expect((await app.post(path, form, { token })).status).toBe(403)
    expect(app.mailbox.mails).toEqual([])
  })
})

describe('a test of an S3 store', () => {
  it.for(['storage', 'backups'])('says that %s has none', async (filesystem, { expect }) => {
    const { app, token } = await prepare()

    const { status, body } = await app.post('/api/settings/test/s3', { filesystem }, { token })

    expect(status).toBe(400)
    expect(body).toEqual({
      data: {},
      message:
        'Failed to test the S3 filesystem. Raw error: \nS3 storage filesystem is not enabled.',
      status: 400,
    })
  })

  it('is refused for an unknown file system, and to all but superusers', async ({ expect }) => {
    const { app, token } = await prepare()

    const unknown = await app.post('/api/settings/test/s3', { filesystem: 'x' }, { token })
    const guest = await app.post('/api/settings/test/s3', { filesystem: 'storage' })

    expect(unknown.body).toMatchObject({
      data: { filesystem: { code: 'validation_in_invalid' } },
      message: 'Failed to test the S3 filesystem.',
    })
    expect(guest.status).toBe(401)
  })
})
