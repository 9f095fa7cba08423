import { type IpAddress, formatIpAddress, isInRanges, parseIpAddress } from './ip-address.ts'

/*
 * Addresses that are not on the public internet, from IANA's registries of special-purpose
 * addresses (RFC 6890), multicast included.
 */
const specialRanges = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Only `2000::/3` is in use on the public internet; these parts of it are not. */
const specialBlocks = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

const globalUnicast = ['2000::/3']

/** Names that do not belong to the public internet (RFC 6761, 6762, 7686, 8375, 9476). */
const privateNames =
  /(?:^|\.)(?:localhost|local|internal|intranet|alt|onion|home\.arpa|test|invalid)$/

/** The kind of a host in a URL, as the parser of URLs returns it. `inner` is not on the internet. */
export function hostKind(hostname: string): 'public' | 'inner address' | 'inner name' {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const address = parseIpAddress(host)
  if (address !== undefined) return isPublicAddress(address) ? 'public' : 'inner address'
  return host.includes('.') && !privateNames.test(host) ? 'public' : 'inner name'
}

/**
 * True for an address on the public internet. IPv4 addresses inside IPv6 ones (mapped, NAT64) are
 * judged as what they lead to.
 */
export function isPublicAddress(address: IpAddress): boolean {
  const inner = innerIpv4(address)
  if (inner !== undefined) return !isInRanges(formatIpAddress(inner), specialRanges)
  const text = formatIpAddress(address)
  return isInRanges(text, globalUnicast) && !isInRanges(text, specialBlocks)
}

/** `::ffff:0:0/96` (mapped) and `64:ff9b::/96` (NAT64). */
const embeddings: readonly IpAddress[] = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
  [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
]

function innerIpv4(address: IpAddress): IpAddress | undefined {
  if (address.length === 4) return address
  const isEmbedded = embeddings.some((prefix) =>
    prefix.every((byte, index) => address[index] === byte),
  )
  return isEmbedded ? address.slice(12) : undefined
}
