import { beforeEach, describe, inject, it } from 'vitest'
import { host } from '#test-host'
import {
  type Mailer,
  MailRefusedError,
  type OutgoingMail,
  type SmtpServer,
} from '#platform/mailer.ts'
import { sql } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type ArrivedMail, smtpLogin } from '../../support/smtp-setup.ts'
import { createTestApp } from '../../support/test-app.ts'

const { ports, reports } = inject('smtp')

beforeEach(async () => {
  await fetch(reports, { method: 'DELETE' })
})

const guest = { username: '', password: '' }

/** A mailer over the socket API of Workers. */
function mailerFor(port: number, settings: Partial<SmtpServer> = {}): Mailer {
  return host.mail.smtp({
    host: '127.0.0.1',
    port,
    ...smtpLogin,
    authMethod: '',
    tls: false,
    localName: '',
    ...settings,
  })
}

function mailTo(name: string, changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: 'abcdef123456',
    to: [{ name: 'Ada', address: `${name}@example.com` }],
    from: { name: 'Support', address: 'support@example.com' },
    subject: 'Hello',
    html: '<p>Hello</p>',
    text: 'Hello',
    ...changes,
  }
}

async function arrived(): Promise<ArrivedMail[]> {
  return (await fetch(reports)).json()
}

async function failureOf(sending: Promise<void>): Promise<unknown> {
  return await sending.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a mail by SMTP', () => {
  it('arrives, without TLS and authentication if the server requires neither', async ({
    expect,
  }) => {
    await mailerFor(ports.plain, { ...guest, localName: 'app.example.com' }).send(mailTo('ada'))

    const [mail] = await arrived()
    expect(mail).toMatchObject({
      localName: 'app.example.com',
      isEncrypted: false,
      from: 'support@example.com',
      to: ['ada@example.com'],
    })
    expect(mail?.message).toContain('Message-ID: <abcdef123456@example.com>\r\n')
  })

  it.for([
    { name: 'STARTTLS and AUTH PLAIN', port: ports.startTls, tls: false, authMethod: 'PLAIN' },
    { name: 'STARTTLS and AUTH LOGIN', port: ports.startTls, tls: false, authMethod: 'LOGIN' },
    { name: 'TLS and AUTH PLAIN', port: ports.tls, tls: true, authMethod: 'PLAIN' },
    { name: 'TLS and AUTH LOGIN', port: ports.tls, tls: true, authMethod: 'LOGIN' },
  ])('arrives by $name', async ({ port, tls, authMethod }, { expect }) => {
    await mailerFor(port, { host: 'localhost', tls, authMethod }).send(mailTo('ada'))

    expect(await arrived()).toMatchObject([{ login: `${authMethod} TLS`, isEncrypted: true }])
  })

  it('uses the server’s authentication method if none is configured', async ({ expect }) => {
    await mailerFor(ports.startTls, { host: 'localhost' }).send(mailTo('ada'))
    await mailerFor(ports.login).send(mailTo('ada'))

    expect((await arrived()).map(({ login }) => login)).toEqual(['PLAIN TLS', 'LOGIN clear'])
  })

  it('arrives line for line, dots included', async ({ expect }) => {
    const text = '.\n..\n.hidden\nend.\n'

    await mailerFor(ports.plain, guest).send(mailTo('ada', { text }))

    const [mail] = await arrived()
    expect(mail?.message).toContain('\r\n\r\n.\r\n..\r\n.hidden\r\nend.\r\n--')
  })

  it('may be large', async ({ expect }) => {
    const html = `<p>${'Größe '.repeat(100_000)}</p>`

    await mailerFor(ports.plain, guest).send(mailTo('ada', { html }))

    const [mail] = await arrived()
    expect(mail?.message.match(/Gr=C3=B6=C3=9Fe|Gr=(?:\r\n)?/g)?.length).toBeGreaterThan(90_000)
  })

  it('is permanently rejected if its recipient is', async ({ expect }) => {
    const failure = await failureOf(mailerFor(ports.plain, guest).send(mailTo('refused')))

    expect(failure).toBeInstanceOf(MailRefusedError)
    expect(await arrived()).toEqual([])
  })

  it('is permanently rejected if its content is', async ({ expect }) => {
    const failure = await failureOf(mailerFor(ports.plain, guest).send(mailTo('spam')))

    expect(failure).toBeInstanceOf(MailRefusedError)
  })

  it.for([
    { name: 'the recipient is to be tried later', recipient: 'later', port: ports.plain },
    { name: 'the connection ends in the middle', recipient: 'dropped', port: ports.plain },
    { name: 'no server listens', recipient: 'ada', port: 1 },
  ])('can be tried again when $name', async ({ recipient, port }, { expect }) => {
    const failure = await failureOf(mailerFor(port, guest).send(mailTo(recipient)))

    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(MailRefusedError)
    expect(await arrived()).toEqual([])
  })

  it('can be retried after a wrong password, which the settings can fix', async ({ expect }) => {
    const mailer = mailerFor(ports.startTls, { host: 'localhost', password: 'wrong' })

    const failure = await failureOf(mailer.send(mailTo('ada')))

    expect(failure).not.toBeInstanceOf(MailRefusedError)
    expect(String(failure)).toContain('535')
    expect(String(failure)).not.toContain('wrong password')
  })

  it('is not sent to a server with an untrusted certificate', async ({ expect }) => {
    const mailer = mailerFor(ports.untrusted, { host: 'localhost', tls: true })

    const failure = await failureOf(mailer.send(mailTo('ada')))

    expect(failure).toBeInstanceOf(Error)
    expect(await arrived()).toEqual([])
  })
})

describe('the mail of a request', () => {
  it('reaches the SMTP server of the settings soon after the response', async ({ expect }) => {
    const app = createTestApp({}, { mail: host.mail })
    const { token } = await signInSuperuser(app)
    await signUp(app, 'ada@example.com')
    const smtp = { enabled: true, host: 'localhost', port: ports.startTls, ...smtpLogin }
    await app.patch('/api/settings', { smtp }, { token })

    const { status } = await app.post('/api/collections/users/request-verification', {
      email: 'ada@example.com',
    })

    expect(status).toBe(204)
    expect(await arrived()).toMatchObject([{ to: ['ada@example.com'], login: 'PLAIN TLS' }])
    const [waiting] = await runBatch(bindings.DB, [sql`SELECT "id" FROM "_outbox"`])
    expect(waiting).toEqual([])
  })
})
