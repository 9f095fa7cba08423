import { describe, it, vi } from 'vitest'
import type { Socket } from '#adapters/smtp/smtp-connection.ts'
import { createSmtpMailer } from '#adapters/smtp/smtp-mailer.ts'
import { MailRefusedError, type OutgoingMail, type SmtpServer } from '#platform/mailer.ts'

/** The replies of a scripted server to each line; undefined closes the connection. */
type Script = (line: string) => string | undefined

const server: SmtpServer = {
  host: 'smtp.example.com',
  port: 587,
  username: 'mailer',
  password: 'secret',
  authMethod: '',
  tls: true,
  localName: '',
}

const mail: OutgoingMail = {
  id: 'abc',
  to: [{ name: '', address: 'ada@example.com' }],
  from: { name: '', address: 'support@example.com' },
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: '.\n.Hello',
}

const usual: Script = (line) => {
  if (line.startsWith('EHLO')) return '250-hello\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n'
  if (line.startsWith('AUTH PLAIN')) return '235 welcome\r\n'
  if (line === 'DATA') return '354 go on\r\n'
  return '250 fine\r\n'
}

function scripted(script: Script, talk: string[], greeting = '220 hello\r\n'): Socket {
  const encoder = new TextEncoder()
  let answer: ReadableStreamDefaultController<Uint8Array>
  let isData = false
  const socket: Socket = {
    opened: Promise.resolve(),
    readable: new ReadableStream({
      start(controller) {
        answer = controller
        controller.enqueue(encoder.encode(greeting))
      },
    }),
    writable: new WritableStream({
      write(chunk) {
        const text = new TextDecoder().decode(chunk)
        for (const line of isData ? [text] : text.split('\r\n').slice(0, -1)) {
          talk.push(line)
          const reply = script(isData ? '(message)' : line)
          isData = line === 'DATA' && reply?.startsWith('354') === true
          if (reply === undefined) answer.close()
          else answer.enqueue(encoder.encode(reply))
        }
      },
    }),
    startTls: () => scripted(script, talk, ''),
    close: async () => undefined,
  }
  return socket
}

async function send(script: Script, settings: Partial<SmtpServer> = {}) {
  const talk: string[] = []
  const mailer = createSmtpMailer({ ...server, ...settings }, () => scripted(script, talk))
  const failure: unknown = await mailer.send(mail).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { talk, failure }
}

describe('the conversation with an SMTP server', () => {
  it('sends the mail with stuffed dots', async ({ expect }) => {
    const { talk, failure } = await send(usual)

    expect(failure).toBeUndefined()
    expect(talk.map((line) => line.split('\r\n')[0])).toEqual([
      'EHLO localhost',
      `AUTH PLAIN ${btoa('\0mailer\0secret')}`,
      'MAIL FROM:<support@example.com>',
      'RCPT TO:<ada@example.com>',
      'DATA',
      'From: support@example.com',
      'QUIT',
    ])
    expect(talk[5]).toContain('\r\n..\r\n..Hello\r\n')
    expect(talk[5]?.endsWith('--=_abc--\r\n.\r\n')).toBe(true)
  })

  it('reads replies that arrive in pieces or several at once', async ({ expect }) => {
    const { failure } = await send((line) =>
      usual(line)?.replace('250 fine', '250-fine\r\n250 yes'),
    )

    expect(failure).toBeUndefined()
  })

  it('sends no password unencrypted if STARTTLS is not offered', async ({ expect }) => {
    const { talk, failure } = await send(usual, { tls: false })

    expect(failure).toBeInstanceOf(Error)
    expect(talk).toEqual(['EHLO localhost'])
  })

  it('asks for the extensions again after STARTTLS', async ({ expect }) => {
    let greetings = 0
    const { talk, failure } = await send(
      (line) => {
        if (!line.startsWith('EHLO')) return usual(line)
        greetings++
        return greetings === 1 ? '250-hello\r\n250 STARTTLS\r\n' : '250-hello\r\n250 AUTH PLAIN\r\n'
      },
      { tls: false },
    )

    expect(failure).toBeUndefined()
    expect(talk.slice(0, 4)).toEqual([
      'EHLO localhost',
      'STARTTLS',
      'EHLO localhost',
      `AUTH PLAIN ${btoa('\0mailer\0secret')}`,
    ])
  })

  // An attacker could inject a reply that is read as if it were encrypted.
  it('ignores replies received before TLS', async ({ expect }) => {
    const { talk, failure } = await send(
      (line) => {
        if (line.startsWith('EHLO')) return '250-hello\r\n250 STARTTLS\r\n'
        return line === 'STARTTLS' ? '220 go on\r\n250-forged\r\n250 AUTH PLAIN\r\n' : usual(line)
      },
      { tls: false },
    )

    expect(String(failure)).toContain('before TLS had begun')
    expect(talk.at(-1)).toBe('STARTTLS')
  })

  it('drops a mail whose recipient or content is permanently rejected', async ({ expect }) => {
    for (const refused of ['RCPT', '(message)']) {
      const { failure } = await send((line) =>
        line.startsWith(refused) ? '550 5.1.1 no\r\n' : usual(line),
      )
      expect(failure, refused).toBeInstanceOf(MailRefusedError)
    }
  })

  it.for([
    { name: 'the sender is refused', line: 'MAIL', reply: '550 5.7.1 not you\r\n' },
    { name: 'the password is wrong', line: 'AUTH', reply: '535 5.7.8 no\r\n' },
    { name: 'the recipient is to wait', line: 'RCPT', reply: '450 4.2.0 later\r\n' },
    { name: 'the server is busy', line: 'EHLO', reply: '421 busy\r\n' },
    { name: 'the connection ends', line: 'RCPT', reply: undefined },
    { name: 'the connection ends unanswered', line: '(message)', reply: undefined },
    { name: 'no SMTP is spoken', line: 'EHLO', reply: 'HTTP/1.1 400 Bad Request\r\n' },
    { name: 'no end is found', line: 'EHLO', reply: `250-${'x'.repeat(70_000)}` },
  ])('may be tried again when $name', async ({ line: failing, reply }, { expect }) => {
    const { failure } = await send((line) => (line.startsWith(failing) ? reply : usual(line)))

    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(MailRefusedError)
    expect(String(failure)).not.toMatch(/secret|ada@/)
  })

  it('ends at a deadline', async ({ expect }) => {
    vi.useFakeTimers()
    const sending = send((line) => (line === 'DATA' ? '' : usual(line)))

    await vi.advanceTimersByTimeAsync(20_000)
    const { failure } = await sending
    vi.useRealTimers()

    expect(String(failure)).toContain('took too long')
  })
})
