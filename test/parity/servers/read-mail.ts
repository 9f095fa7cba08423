/** A part of a mail that is no multipart itself. */
export interface MailPart {
  readonly type: string
  readonly text: string
}

/** A mail, taken apart. */
export interface ParsedMail {
  /** Decoded, by name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly parts: readonly MailPart[]
}

/** Parses a mail in MIME format, limited to the part both servers use. */
export function readMail(message: string): ParsedMail {
  const separator = /\r?\n\r?\n/.exec(message)
  const end = separator?.index ?? message.length
  const headers = readHeaders(message.slice(0, end))
  const body = message.slice(end + (separator?.[0].length ?? 0))
  const type = headers.get('content-type') ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) {
    const text = decodeBody(body, headers.get('content-transfer-encoding') ?? '')
    return { headers, parts: [{ type: type.split(';')[0]?.trim().toLowerCase() ?? '', text }] }
  }
  const sections = body.split(`--${boundary}`).slice(1, -1)
  return { headers, parts: sections.flatMap((section) => readMail(section.trimStart()).parts) }
}

function readHeaders(text: string): Map<string, string> {
  const lines = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())]
    }),
  )
}

/** Decodes words like `=?utf-8?q?caf=C3=A9?=`; the blank between two of them is none. */
function decodeWords(text: string): string {
  const word = /=\?[\w-]+\?([bq])\?([^?]*)\?=/gi
  return text
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(word, (_, encoding: string, content: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(content, 'base64').toString('utf8')
        : quotedPrintable(content.replaceAll('_', ' ')),
    )
}

function decodeBody(body: string, encoding: string): string {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding.toLowerCase() === 'quoted-printable') return quotedPrintable(body)
  return Buffer.from(body, 'latin1').toString('utf8')
}

function quotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
