import { describe, it } from 'vitest'
import { createInboxMailer, listInbox } from '#mail/inbox.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'

const local = { LOCAL_INBOX: '1' }

function mail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: 'abc',
    to: [{ name: 'Ada', address: 'ada@example.com' }],
    from: { name: 'Support', address: 'support@example.com' },
    subject: 'Hello',
    html: '<p>Hello, Ada</p>',
    text: 'Hello, Ada',
    ...changes,
  }
}

const keep = (changes?: Partial<OutgoingMail>) => createInboxMailer(bindings.DB).send(mail(changes))

describe('the local inbox', () => {
  it('lists the mails, newest first, with their codes', async ({ expect }) => {
    const app = createTestApp(local)
    await keep({ subject: 'First', text: 'Your one-time password is 48213377' })
    await keep({ subject: '<b>Second</b>' })

    const { status, body, headers } = await app.get('/api/mail/inbox')

    expect(status).toBe(200)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(body).toEqual({
      items: [
        {
          number: 2,
          received: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000Z$/),
          from: { name: 'Support', address: 'support@example.com' },
          to: [{ name: 'Ada', address: 'ada@example.com' }],
          subject: '<b>Second</b>',
          code: '',
        },
        expect.objectContaining({ number: 1, subject: 'First', code: '48213377' }),
      ],
    })
  })

  it('has the whole mail', async ({ expect }) => {
    const app = createTestApp(local)
    await keep()

    const { body } = await app.get('/api/mail/inbox/1')

    expect(body).toMatchObject({ id: 'abc', text: 'Hello, Ada', html: '<p>Hello, Ada</p>' })
  })

  it('serves the body of a mail for a frame of its own origin, where nothing runs', async ({
    expect,
  }) => {
    const app = createTestApp(local)
    await keep({ html: '<p>Hello</p><script>alert(1)</script>' })

    const { body, headers } = await app.get('/_/inbox/1/body')

    expect(body).toBe('<!doctype html><base target="_blank"><p>Hello</p><script>alert(1)</script>')
    const policy = headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'none'")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).toMatch(/sandbox allow-popups allow-popups-to-escape-sandbox$/)
    expect(headers.get('X-Frame-Options')).not.toBe('DENY')
  })

  it.for([
    ['/_/inbox', '/_/mail/inbox'],
    ['/_/inbox/1', '/_/mail/inbox/1'],
  ] as const)('leads from its former address %s', async ([path, target], { expect }) => {
    const { status, headers } = await createTestApp(local).get(path)

    expect([status, headers.get('Location')]).toEqual([302, target])
  })

  it('keeps the last hundred mails', async ({ expect }) => {
    for (let count = 1; count <= 103; count++) await keep({ subject: `Mail ${count}` })

    const kept = await listInbox(bindings.DB)

    expect(kept.length).toBe(100)
    expect(kept.at(-1)?.mail.subject).toBe('Mail 4')
  })

  it('receives the mails of its app', async ({ expect }) => {
    const app = createTestApp(local)
    const { token } = await signInSuperuser(app)
    const form = { email: 'ada@example.com', template: 'otp' }

    await app.post('/api/settings/test/email', form, { token })

    expect(JSON.stringify((await app.get('/api/mail/inbox')).body)).toContain('ada@example.com')
    expect(app.mailbox.mails).toEqual([])
  })

  it('is not available to scripts of other origins', async ({ expect }) => {
    const app = createTestApp(local)
    await keep()

    const { status } = await app.get('/api/mail/inbox', {
      headers: { Origin: 'https://evil.example' },
    })

    expect(status).toBe(404)
  })

  // DNS rebinding: a page's own name, pointed at this machine, makes its requests same-origin.
  it.for([
    { host: 'evil.example:8787', status: 404 },
    { host: '127.0.0.1.evil.example', status: 404 },
    { host: '10.0.0.1:8787', status: 404 },
    { host: 'a b', status: 404 },
    { host: 'localhost:9000', status: 200 },
    { host: '127.0.0.1:8787', status: 200 },
    { host: '[::1]:8787', status: 200 },
  ])('answers $host with $status', async ({ host, status }, { expect }) => {
    const app = createTestApp(local)
    await keep()

    const byHeader = await app.get('/api/mail/inbox', { headers: { Host: host } })
    const byAddress = URL.canParse(`http://${host}`)
      ? await app.fetch(`http://${host}/api/mail/inbox`)
      : byHeader

    expect([byHeader.status, byAddress.status]).toEqual([status, status])
  })

  it('finds only its own mails', async ({ expect }) => {
    const app = createTestApp(local)

    for (const path of [
      '/api/mail/inbox/1',
      '/api/mail/inbox/x',
      '/_/inbox/1/body',
      '/_/inbox/x',
    ]) {
      expect((await app.get(path)).status, path).toBe(404)
    }
  })
})

describe('a deployed Worker', () => {
  it.for([{}, { LOCAL_INBOX: '' }, { LOCAL_INBOX: '0' }])(
    'has no inbox with %j, and stores no mails',
    async (overrides, { expect }) => {
      const app = createTestApp(overrides)
      const { token } = await signInSuperuser(app)
      const form = { email: 'ada@example.com', template: 'otp' }

      await app.post('/api/settings/test/email', form, { token })
      const list = await app.get('/api/mail/inbox')
      const one = await app.get('/_/inbox/1/body')
      const former = await app.get('/_/inbox')

      expect([list.status, one.status, former.status]).toEqual([404, 404, 404])
      expect(await listInbox(bindings.DB)).toEqual([])
      expect(app.mailbox.mails.length).toBe(1)
    },
  )
})
