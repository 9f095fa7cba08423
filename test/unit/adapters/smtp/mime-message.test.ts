import { describe, it } from 'vitest'
import { mimeMessage } from '#adapters/smtp/mime-message.ts'
import { MailRefusedError, type OutgoingMail } from '#platform/mailer.ts'

const now = new Date('2026-01-31T12:00:00Z')

function messageOf(changes: Partial<OutgoingMail> = {}): string {
  const mail = {
    id: 'abc123',
    to: [{ name: 'Ada Lovelace', address: 'ada@example.com' }],
    from: { name: 'Support', address: 'support@example.org' },
    subject: 'Hello',
    html: '<p>Hello</p>',
    text: 'Hello\n',
  }
  return mimeMessage({ ...mail, ...changes }, now)
}

/** The unfolded and decoded headers. */
function headersOf(message: string): Map<string, string> {
  const [head = ''] = message.split('\r\n\r\n')
  const unfolded = head.replace(/\r\n(?=[ \t])/g, '')
  return new Map(
    unfolded.split('\r\n').map((line) => {
      const [name = '', value = ''] = line.split(/: (.*)/s)
      return [name, decodeWords(value)]
    }),
  )
}

function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) =>
      Buffer.from(word, 'base64').toString('utf8'),
    )
}

/** The decoded content of a part. */
function partOf(message: string, type: string): string {
  const [, content = ''] = message.split(`Content-Type: ${type}; charset=utf-8\r\n`)
  const encoded = content.slice(content.indexOf('\r\n\r\n') + 4).split('\r\n--=_abc123')[0] ?? ''
  const bytes = encoded
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

describe('a message', () => {
  it('has a sender, a recipient, a date and an id', ({ expect }) => {
    const headers = headersOf(messageOf())

    expect(Object.fromEntries(headers)).toEqual({
      From: 'Support <support@example.org>',
      To: 'Ada Lovelace <ada@example.com>',
      Subject: 'Hello',
      Date: 'Sat, 31 Jan 2026 12:00:00 +0000',
      'Message-ID': '<abc123@example.org>',
      'MIME-Version': '1.0',
      'Auto-Submitted': 'auto-generated',
      'Content-Type': 'multipart/alternative; boundary="=_abc123"',
    })
  })

  it.for([
    'Grüße aus Köln',
    '日本語の件名'.repeat(20),
    'A subject that goes on and on '.repeat(60).trim(),
    'a word without any blank in it '.replaceAll(' ', '').repeat(80),
    '👩‍👩‍👧‍👦 '.repeat(40).trim(),
    '=?UTF-8?B?aGk=?=',
    '"quoted" \\ (and) <so> on',
    '',
  ])('carries the subject %j', (subject, { expect }) => {
    expect(headersOf(messageOf({ subject })).get('Subject')).toBe(subject)
  })

  it.for([
    'Jürgen Müller',
    'O"Brien, Ada \\ (x)',
    'ada@example.com',
    'Ada <evil@example.com>',
    '名'.repeat(60),
  ])('carries the name %j', (name, { expect }) => {
    const to = headersOf(messageOf({ to: [{ name, address: 'ada@example.com' }] })).get('To') ?? ''

    const [, quoted, bare] = /^(?:"((?:[^"\\]|\\.)*)"|([^"]*)) <ada@example\.com>$/s.exec(to) ?? []
    expect(quoted?.replace(/\\(.)/g, '$1') ?? bare).toBe(name)
  })

  it('does not let a name or subject inject a header', ({ expect }) => {
    const injected = 'x\r\nBcc: evil@example.com\n\r\u2028\u0085Cc: evil@example.com\r\n\r\nbody'
    const message = messageOf({
      subject: injected,
      to: [{ name: injected, address: 'ada@example.com' }],
      from: { name: injected, address: 'support@example.org' },
    })

    expect([...headersOf(message).keys()]).toEqual([...headersOf(messageOf()).keys()])
    expect(message.split('\r\n').some((line) => /^b?cc:/i.test(line))).toBe(false)
  })

  it.for([
    'ada@example.com\r\nBcc: evil@example.com',
    'ada@example.com> <evil@example.com',
    'ada,evil@example.com',
    'ada lovelace@example.com',
    'ada@example.com/../x@y',
    'ada@exa mple.com',
    'ada',
    '@example.com',
    'ada@',
    '',
  ])('is made for no address like %j', (address, { expect }) => {
    expect(() => messageOf({ to: [{ name: '', address }] })).toThrow(MailRefusedError)
  })

  it('spells a domain with letters beyond ASCII in Punycode', ({ expect }) => {
    const to = [{ name: '', address: 'ada@bücher.example' }]

    expect(headersOf(messageOf({ to })).get('To')).toBe('ada@xn--bcher-kva.example')
  })

  it.for([
    'plain\nlines\n\nand an empty one',
    '.\n..\n.dots',
    'Grüße, 日本語, 👩‍👩‍👧‍👦',
    'blanks at the end  \nand a tab\t\nend',
    'a=b equals =3D',
    'x'.repeat(500),
    'ü'.repeat(300),
    '\r\nwindows\r\nlines',
    '--=_abc123\n--=_abc123--',
  ])('carries the text %j', (text, { expect }) => {
    const message = messageOf({ text })

    expect(partOf(message, 'text/plain')).toBe(
      text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
    )
  })

  it('has no overlong lines, and only ASCII', ({ expect }) => {
    const long = 'Größe '.repeat(2000)
    const message = messageOf({
      subject: long,
      text: long,
      html: `<p>${long}</p>`,
      to: [{ name: long, address: 'ada@example.com' }],
    })

    expect(Math.max(...message.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
    expect(message).toMatch(/^[\r\n -~]*$/)
    expect(message.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })
})
