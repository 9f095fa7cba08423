/** The bytes of an IP address: 4 or 16. */
export type IpAddress = readonly number[]

/** Parses an IPv4 or IPv6 address and ignores a zone. Undefined for anything else. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const [, address = text] = /^([^%]*)%.+$/.exec(text) ?? []
  return parseIpv6(address)
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) {
    return undefined
  }
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupBytes)
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  if (tail === undefined || head.length + tail.length > 14) return undefined
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

/** The bytes of `a:b:c`; the last group may be an IPv4 address. */
function groupBytes(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':').map((group) => {
    if (group.includes('.')) return parseIpv4(group)
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  const isIpv4Last = groups.slice(0, -1).every((bytes) => bytes?.length === 2)
  return isIpv4Last && groups.every((bytes) => bytes !== undefined) ? groups.flat() : undefined
}

/**
 * Formats an address in its longest form, four digits per group. Addresses are compared in this
 * form.
 */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === 4) return address.join('.')
  const digits = address.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/(.{4})(?=.)/g, '$1:')
}

/** True for an IP address or a CIDR subnet. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== undefined
}

/** True for one of the listed addresses, or one in a listed subnet. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const bytes = parseIpAddress(address)
  if (bytes === undefined) return false
  return ranges.some((text) => {
    const range = parseRange(text)
    return range !== undefined && isWithin(unmapped(bytes), range)
  })
}

interface Range {
  readonly address: IpAddress
  readonly prefixBits: number
}

function parseRange(text: string): Range | undefined {
  const [, addressText = text, bitsText] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const address = parseIpAddress(addressText)
  if (address === undefined) return undefined
  const bits = address.length * 8
  const prefixBits = bitsText === undefined ? bits : Number(bitsText)
  return prefixBits <= bits ? { address, prefixBits } : undefined
}

function isWithin(address: IpAddress, range: Range): boolean {
  if (address.length !== range.address.length) return false
  return range.address.every((byte, index) => {
    const bits = Math.min(Math.max(range.prefixBits - index * 8, 0), 8)
    const mask = (0xff << (8 - bits)) & 0xff
    return ((address[index] ?? 0) & mask) === (byte & mask)
  })
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** The IPv4 address in an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
function unmapped(address: IpAddress): IpAddress {
  const isMapped =
    address.length === 16 && mappedPrefix.every((byte, index) => address[index] === byte)
  return isMapped ? address.slice(12) : address
}

/**
 * The part of an address that belongs to one customer: a whole IPv4 address, or the first 64 bits
 * of an IPv6 address. Stops a guesser who moves through the 2^64 addresses of a subnet.
 */
export function addressBlock(address: string): string {
  const bytes = parseIpAddress(address)
  if (bytes === undefined) return address
  const plain = unmapped(bytes)
  return plain.length === 4
    ? plain.join('.')
    : formatIpAddress([...plain.slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0])
}
