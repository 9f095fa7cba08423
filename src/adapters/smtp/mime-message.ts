import { type Mailbox, MailRefusedError, type OutgoingMail } from '#platform/mailer.ts'

const lineEnd = '\r\n'

/** Bytes per encoded word, leaving room for the header's name in a line of 76 characters. */
const encodedWordBytes = 39

/** Longer header values are encoded, which also folds them. */
const plainHeaderLength = 60

/**
 * Formats a mail: headers, then its text and its HTML as alternatives. All of it is ASCII, and no
 * name or subject can inject a header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5322
 */
export function mimeMessage(mail: OutgoingMail, now: Date): string {
  const boundary = `=_${mail.id}`
  const headers = [
    `From: ${mailboxHeader(mail.from)}`,
    `To: ${mail.to.map(mailboxHeader).join(`,${lineEnd} `)}`,
    `Subject: ${headerText(mail.subject)}`,
    `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${mail.id}@${domainOf(mail.from.address)}>`,
    'MIME-Version: 1.0',
    // Asks automatic responders not to reply: RFC 3834.
    'Auto-Submitted: auto-generated',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
  ]
  const parts = [part('text/plain', mail.text), part('text/html', mail.html)]
  const body = parts.map((lines) => [`--${boundary}`, ...lines]).flat()
  return [...headers, '', ...body, `--${boundary}--`, ''].join(lineEnd)
}

/**
 * Formats an address for the envelope and headers, with a non-ASCII domain in Punycode.
 *
 * @throws {MailRefusedError} If the address could be read as something else.
 */
export function envelopeAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  if (at < 1 || !/^[^\p{Cc}\s<>()[\]\\,;:"@]+$/u.test(local)) {
    throw new MailRefusedError('An address is not one that mails can be sent to.')
  }
  return `${local}@${domainOf(address)}`
}

function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const { hostname } = URL.parse(`http://${domain}/`) ?? { hostname: '' }
  if (hostname === '' || !/^[\w.-]+$/.test(hostname)) {
    throw new MailRefusedError('The domain of an address is not one that mails can be sent to.')
  }
  return hostname
}

function mailboxHeader({ name, address }: Mailbox): string {
  const spelled = envelopeAddress(address)
  return name.trim() === '' ? spelled : `${displayName(name)}${lineEnd} <${spelled}>`
}

function displayName(name: string): string {
  const encoded = headerText(name)
  const needsQuotes = encoded === singleLine(name) && /[^\w !#$%&'*+/=?^`{|}~-]/.test(encoded)
  return needsQuotes ? `"${encoded.replace(/["\\]/g, '\\$&')}"` : encoded
}

/** Encodes a header value: unchanged if it is short and ASCII, else in encoded words (RFC 2047). */
function headerText(text: string): string {
  const line = singleLine(text)
  const isPlain = /^[ -~]*$/.test(line) && line.length <= plainHeaderLength && !line.includes('=?')
  return isPlain ? line : encodedWords(line).join(`${lineEnd} `)
}

/** Removes line breaks and other control characters, which no header may contain. */
export function singleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

function encodedWords(text: string): string[] {
  return chunksOf(text).map((chunk) => `=?UTF-8?B?${base64(chunk)}?=`)
}

/** Splits a string into chunks of `encodedWordBytes`, between characters. */
function chunksOf(text: string): string[] {
  const chunks: string[] = []
  let chunk = ''
  let size = 0
  for (const character of text) {
    const bytes = utf8.encode(character).length
    if (size + bytes > encodedWordBytes) {
      chunks.push(chunk)
      chunk = ''
      size = 0
    }
    chunk += character
    size += bytes
  }
  return [...chunks, chunk]
}

const utf8 = new TextEncoder()

/** The base64 of a string's UTF-8 bytes. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...utf8.encode(text)))
}

function part(type: string, text: string): string[] {
  return [
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    ...text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').flatMap(quotedPrintable),
  ]
}

/** Maximum characters of a line, including the `=` that continues it. */
const quotedLineLength = 75

/** Encodes one line as quoted-printable (RFC 2045). */
function quotedPrintable(line: string): string[] {
  const bytes = utf8.encode(line)
  const lines: string[] = []
  let current = ''
  for (const [index, byte] of bytes.entries()) {
    const isLast = index === bytes.length - 1
    const token = isLiteral(byte, isLast) ? String.fromCharCode(byte) : escaped(byte)
    if (current.length + token.length > quotedLineLength) {
      lines.push(`${current}=`)
      current = ''
    }
    current += token
  }
  return [...lines, current]
}

/** Printable ASCII is literal, and so is a space that does not end a line. */
function isLiteral(byte: number, isLast: boolean): boolean {
  const isBlank = byte === 0x20 || byte === 0x09
  return isBlank ? !isLast : byte > 0x20 && byte < 0x7f && byte !== 0x3d
}

function escaped(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
