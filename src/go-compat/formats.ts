/*
 * The text formats of PocketBase's validation library. They check the shape only, and follow
 * neither the RFCs nor browsers: odd cases are kept so that no stored value becomes invalid. Every
 * pattern is linear, or bounded by a length that is checked first.
 */
import { parseIpAddress } from './ip-address.ts'
import { compilePattern } from '#go-compat/pattern/pattern-matcher.ts'
import { lazy } from '#kernel/lazy.ts'
import { byteLength } from '#kernel/text.ts'

const international = String.raw`\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF`
const letter = `[a-zA-Z${international}]`
const alphanumeric = `[a-zA-Z0-9${international}]`
const atom = `[a-zA-Z0-9!#$%&'*+/=?^_\`{|}~${international}-]+`

const foldingSpace = String.raw`(?:(?:[ \t]*\r\n)?[ \t]+)?`
const quotable = String.raw`(?:\([\x01-\t\v-\x7F]|[\x01-\x08\v\f\x0E-\x1F\x7F!#-\x5B\x5D-~${international}])`
/** PocketBase allows a quotation mark before every single character. */
const quoted = `(?:"${foldingSpace}${quotable})*${foldingSpace}"`

const emailPattern = new RegExp(
  `^(?:${atom}(?:\\.${atom})*|${quoted})@` +
    `${alphanumeric}(?:[a-zA-Z0-9._~${international}-]*${alphanumeric})?\\.` +
    `${letter}(?:[a-zA-Z0-9_~${international}-]*${letter})?\\.?$`,
)

/** True for an email address of any length. */
export function isEmail(text: string): boolean {
  return emailPattern.test(text)
}

const domainName =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-zA-Z]{1,63}|xn--[a-z0-9]{1,59})$/

/** True for an ASCII domain name with at least one dot. */
export function isDomain(text: string): boolean {
  return text.length <= 255 && domainName.test(text)
}

const octet = String.raw`(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])`
const firstOctet = String.raw`(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])`
const ipv4 = String.raw`${firstOctet}(?:\.${octet}){3}`
const ascii = '[a-zA-Z0-9]'
const letters = String.raw`a-zA-Z\x{A1}-\x{FFFF}`
const subdomains = [
  String.raw`${ascii}[a-zA-Z0-9_-]*${ascii}(?:[.-]${ascii}+)*`,
  String.raw`${ascii}+(?:[._-]?${ascii})*${ascii}\.${ascii}+`,
  String.raw`www\.`,
].join('|')
const name = String.raw`(?:${subdomains})?(?:[${letters}0-9]+-?-?)*[${letters}0-9]+(?:\.[${letters}]+)?`
/** Ambiguous in many places, which only a matcher without backtracking can afford. */
const urlPattern = lazy(() =>
  compilePattern(
    '^(?:(?:https?|wss?|ftp|tcp|udp)://)?' +
      String.raw`(?:\S+@)?` +
      String.raw`(?:${ipv4}|\[[^\]]+\]|${name})\.?` +
      String.raw`(?::\d{1,5})?` +
      String.raw`(?:[/?#]\S*)?$`,
  ),
)

/** A URL must be shorter than this, in code points. */
const maxUrlLength = 2083

/** True for a URL. Without a scheme, the host needs a dot or a port. */
export function isUrl(text: string): boolean {
  if (text.length >= 2 * maxUrlLength || Array.from(text).length >= maxUrlLength) return false
  if (byteLength(text) <= 3 || text.startsWith('.')) return false
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\0-\x1F\x7F]/.test(text) || hasBrokenEscape(text)) return false
  if (!text.includes(':') && !/^[^?#]*\./.test(text)) return false
  return urlPattern().test(text) && hasPlausibleAuthority(text)
}

/** The host of a URL, with its port; `''` when the URL has no scheme. */
export function hostOf(url: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
  return authority.slice(authority.lastIndexOf('@') + 1)
}

/** A percent sign without two digits. In the query it is allowed. */
function hasBrokenEscape(url: string): boolean {
  return /%(?![0-9a-fA-F]{2})/.test(url.replace(/\?[^#]*/, ''))
}

function hasPlausibleAuthority(url: string): boolean {
  const authority = /^(?:[a-z]+:\/\/)?([^/?#]*)/.exec(url)?.[1] ?? ''
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const address = /^\[([^\]]*)\]/.exec(authority.slice(at + 1))?.[1]
  if (!/^[\w.~!$&'()*+,;=:@%-]*$/.test(user)) return false
  return address === undefined || parseIpAddress(address.replace('%25', '%'))?.length === 16
}

const dnsLabel = '[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}'
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*[._]?$`)

/** The longest DNS name, not counting its dots. */
const maxDnsNameLength = 255

/** True for an IP address or a DNS name. */
export function isHost(text: string): boolean {
  if (parseIpAddress(text) !== undefined) return true
  return text.replaceAll('.', '').length <= maxDnsNameLength && dnsName.test(text)
}

/** True for a hexadecimal colour of three or six digits; the `#` is optional. */
export function isHexColor(text: string): boolean {
  return /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)
}
