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
  it('shows the mails, newest first', async ({ expect }) => {
    const app = createTestApp(local)
    await keep({ subject: 'First' })
    await keep({ subject: 'Second' })

    const { status, body, headers } = await app.get('/_/inbox')

    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toContain('text/html')
    expect(String(body)).toMatch(
      /href="\/_\/inbox\/2"[^>]*>Second<[\s\S]*href="\/_\/inbox\/1"[^>]*>First</,
    )
  })

  it('shows a mail in a frame that can only open links', async ({ expect }) => {
    const app = createTestApp(local)
    await keep({ html: '<p>Hello "Ada"</p><script>alert(1)</script>' })

    const { body, headers } = await app.get('/_/inbox/1')

    const sandbox = /<iframe[^>]*sandbox="([^"]*)"/.exec(String(body))?.[1]
    expect(sandbox).toBe('allow-popups allow-popups-to-escape-sandbox')
    expect(String(body)).toContain('srcdoc="&lt;p&gt;Hello &quot;Ada&quot;&lt;/p&gt;')
    expect(String(body).match(/<script[^>]*>/g)).toEqual([
      '<script src="/_/inbox/inbox.js" defer="">',
    ])
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  })

  it('shows subjects and names as text', async ({ expect }) => {
    const app = createTestApp(local)
    await keep({ subject: '<b>x</b>', to: [{ name: '<i>', address: 'ada@example.com' }] })

    const list = await app.get('/_/inbox')
    const one = await app.get('/_/inbox/1')

    for (const { body } of [list, one]) {
      expect(String(body)).toContain('&lt;b&gt;x&lt;/b&gt;')
      expect(String(body)).not.toMatch(/<b>|<i>/)
    }
  })

  it('shows the code of a mail, with a button to copy it, in the list and beside the mail', async ({
    expect,
  }) => {
    const app = createTestApp(local)
    await keep({ text: 'Your one-time password is 48213377\n\nBest regards' })

    for (const path of ['/_/inbox', '/_/inbox/1']) {
      const { body } = await app.get(path)

      expect(body, path).toContain('<code>48213377</code>')
      expect(body, path).toMatch(/<button[^>]* data-code="48213377"[^>]*>/)
    }
  })

  it('updates until it is stopped', async ({ expect }) => {
    const app = createTestApp(local)

    const running = String((await app.get('/_/inbox')).body)
    const stopped = String((await app.get('/_/inbox?updates=off')).body)

    expect(running).toContain('<noscript><meta http-equiv="refresh" content="5"/></noscript>')
    expect(running).toContain('data-seconds="5"')
    expect(running).toContain('href="/_/inbox?updates=off"')
    expect(stopped).not.toMatch(/http-equiv="refresh"|data-seconds/)
    expect(stopped).toContain('href="/_/inbox"')
  })

  it('has times in whole seconds, with and without scripts', async ({ expect }) => {
    const app = createTestApp(local)
    await keep()

    for (const path of ['/_/inbox', '/_/inbox/1']) {
      const { body } = await app.get(path)

      expect(body, path).toMatch(
        /<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC<\/time>/,
      )
    }
  })

  it('serves its script only to itself', async ({ expect }) => {
    const here = await createTestApp(local).get('/_/inbox/inbox.js')
    const deployed = await createTestApp().get('/_/inbox/inbox.js')

    expect([here.status, here.headers.get('Content-Type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ])
    expect(deployed.status).toBe(404)
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

    expect(String((await app.get('/_/inbox')).body)).toContain('ada@example.com')
    expect(app.mailbox.mails).toEqual([])
  })

  it('is not available to scripts of other origins', async ({ expect }) => {
    const app = createTestApp(local)
    await keep()

    const { status } = await app.get('/_/inbox', { headers: { Origin: 'https://evil.example' } })

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

    const byHeader = await app.get('/_/inbox', { headers: { Host: host } })
    const byAddress = URL.canParse(`http://${host}`)
      ? await app.fetch(`http://${host}/_/inbox`)
      : byHeader

    expect([byHeader.status, byAddress.status]).toEqual([status, status])
  })

  it('finds only its own mails', async ({ expect }) => {
    const app = createTestApp(local)

    for (const path of ['/_/inbox/1', '/_/inbox/x', '/_/inbox/1/x']) {
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
      const list = await app.get('/_/inbox')
      const one = await app.get('/_/inbox/1')

      expect([list.status, one.status]).toEqual([404, 404])
      expect(await listInbox(bindings.DB)).toEqual([])
      expect(app.mailbox.mails.length).toBe(1)
    },
  )
})
