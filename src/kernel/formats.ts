/*
 * The text formats PocketBase's validation library knows. Like there they are shapes, no proof that
 * an address exists. Every pattern is linear, or bounded by a length that is checked first.
 */
import { parseIpAddress } from './ip-address.ts'

const unicode = String.raw`\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF`
const letter = `[a-zA-Z${unicode}]`
const alphanumeric = `[a-zA-Z0-9${unicode}]`
const domainCharacter = `[a-zA-Z0-9${unicode}._~-]`
const atom = `[a-zA-Z0-9!#$%&'*+/=?^_\`{|}~${unicode}-]+`

const emailPattern = new RegExp(
  `^${atom}(?:\\.${atom})*@` +
    `${alphanumeric}(?:${domainCharacter}*${alphanumeric})?\\.` +
    `${letter}(?:${domainCharacter}*${letter})?\\.?$`,
)

/** No mail system takes a longer address; a bound on the work of the pattern. */
const maxEmailLength = 1000

/** Whether a text looks like an email address. */
export function isEmail(text: string): boolean {
  return text.length <= maxEmailLength && emailPattern.test(text)
}

const hostCharacter = String.raw`[a-zA-Z0-9\u00A1-\uFFFF]`
const label = `${hostCharacter}(?:[a-zA-Z0-9_\\u00A1-\\uFFFF-]*${hostCharacter})?`
const urlPattern = new RegExp(
  '^(?<scheme>(?:https?|wss?|ftp|tcp|udp)://)?' +
    String.raw`(?:[^\s/?#]*@)?` +
    String.raw`(?<host>\[[^\]\s]+\]|${label}(?:\.${label})*)\.?` +
    String.raw`(?<port>:\d{1,5})?` +
    String.raw`(?<tail>[/?#]\S*)?$`,
)

/** A URL must be shorter than this, in code points; a bound on the work of the pattern, too. */
const maxUrlLength = 2083

/** Whether a text looks like a URL. Without a scheme the host needs a dot or a port. */
export function isUrl(text: string): boolean {
  if (text.length <= 3 || text.length > 2 * maxUrlLength) return false
  if (Array.from(text).length >= maxUrlLength) return false

  const { scheme, host = '', port, tail = '' } = urlPattern.exec(text)?.groups ?? {}
  if (host === '') return false
  if (host.startsWith('[')) return parseIpAddress(host.slice(1, -1))?.length === 16
  return scheme !== undefined || port !== undefined || `${host}${tail}`.includes('.')
}

const dnsLabel = '[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}'
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*[._]?$`)

/** The longest DNS name, its dots not counted. */
const maxDnsNameLength = 255

/** Whether a text is an IP address or a DNS name. */
export function isHost(text: string): boolean {
  if (parseIpAddress(text) !== undefined) return true
  return text.replaceAll('.', '').length <= maxDnsNameLength && dnsName.test(text)
}

/** Whether a text is a hexadecimal colour of three or six digits; the `#` may be missing. */
export function isHexColor(text: string): boolean {
  return /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)
}
