/*
 * Detects the charset of a text from its head: by a byte order mark, by a declaration in the
 * document, or by the bytes it has. The head is a string in which each character is a byte.
 */
import { attributesOf } from './markup.ts'

const marks: readonly (readonly [charset: string, mark: string])[] = [
  ['utf-8', '\xef\xbb\xbf'],
  ['utf-32be', '\0\0\xfe\xff'],
  ['utf-32le', '\xff\xfe\0\0'],
  ['utf-16be', '\xfe\xff'],
  ['utf-16le', '\xff\xfe'],
]

/** The charset of a byte order mark; empty without one. */
export function bomOf(head: string): string {
  return marks.find(([, mark]) => head.startsWith(mark))?.[0] ?? ''
}

/** The charset of a text of this type. Empty if it is unknown, and for types without a charset. */
export function charsetOf(type: string, head: string): string {
  switch (type) {
    case 'text/plain':
      return plainCharset(head)
    case 'text/html':
      return bomOf(head) || metaCharset(head) || plainCharset(head)
    case 'text/xml':
      return xmlCharset(head) || plainCharset(head)
    default:
      return ''
  }
}

/** @see https://mimesniff.spec.whatwg.org/#binary-data-byte */
export function isTextByte(byte: string): boolean {
  const code = byte.charCodeAt(0)
  return code >= 0x20 || code === 0x1b || (0x09 <= code && code <= 0x0d && code !== 0x0b)
}

/** UTF-8, else Latin-1. Empty if there are bytes that such texts do not have. */
function plainCharset(head: string): string {
  if (head === '') return ''
  const mark = bomOf(head)
  if (mark !== '') return mark
  const codes = Array.from(head, (byte) => byte.charCodeAt(0))
  if (codes.every(isAscii) || isUtf8(head)) return 'utf-8'
  if (!codes.every((code) => isAscii(code) || code === 0x85 || code >= 0xa0)) return ''
  return head.includes('\x85') ? 'windows-1252' : 'iso-8859-1'
}

function isAscii(code: number): boolean {
  return (0x20 <= code && code <= 0x7e) || code === 0x1b || (0x07 <= code && code <= 0x0d)
}

/** True if there are non-ASCII characters and all are well-formed. The last one may be cut off. */
function isUtf8(head: string): boolean {
  const whole = head.replace(/[\xc0-\xff][\x80-\xbf]{0,2}$/, '')
  if (!/[\x80-\xff]/.test(whole)) return false
  try {
    const bytes = Uint8Array.from(whole, (character) => character.charCodeAt(0))
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function xmlCharset(head: string): string {
  const declaration = /<\?xml/i.exec(head)
  if (declaration === null) return ''
  const encoding = attributesOf(head, declaration.index + 5).find(({ name }) => name === 'encoding')
  return encoding?.value ?? ''
}

/** @see https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding */
function metaCharset(head: string): string {
  const visible = head.replaceAll(/<!--.*?-->/gs, '')
  for (const { index } of visible.matchAll(/<meta[\t\n\f\r /]/gi)) {
    const attributes = new Map(
      attributesOf(visible, index + 5)
        .toReversed()
        .map(({ name, value }) => [name.toLowerCase(), value]),
    )
    const charset = attributes.get('charset')
    if (charset !== undefined) return charset
    if (attributes.get('http-equiv')?.toLowerCase() !== 'content-type') continue
    const content = /charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^;\s]*))/i.exec(
      attributes.get('content') ?? '',
    )
    const named = content?.[1] ?? content?.[2] ?? content?.[3] ?? ''
    if (named !== '') return named
  }
  return ''
}
