/*
 * The address and the scheme of a request. The app reads the address from `CF-Connecting-IP`, which
 * Cloudflare sets. Here the server sets it, and removes whatever a client sent of its kind: only
 * a proxy that the owner trusts can state where a request comes from.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { headerKey, isNetworkName } from '#http/network/network-headers.ts'

/** Rewrites the headers of a request that tell where it comes from. */
export type RewriteOrigin = (incoming: IncomingMessage) => void

const addressHeader = 'CF-Connecting-IP'
const addressKey = 'cf-connecting-ip'

/**
 * Creates the rewriting for some trusted proxies.
 *
 * @param proxies addresses and CIDR blocks whose `X-Forwarded-For` and `X-Forwarded-Proto` count
 * @throws {RangeError} For anything else.
 */
export function createRewriteOrigin(proxies: readonly string[]): RewriteOrigin {
  const trusted = blockListOf(proxies)
  const isTrusted = (address: string): boolean =>
    proxies.length > 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return (incoming) => {
    const peer = plainAddress(incoming.socket.remoteAddress ?? '')
    if (!isTrusted(peer)) {
      removeHeaders(incoming, isForgeable)
      setAddress(incoming, peer)
      return
    }
    const { rawHeaders } = incoming
    const forwarded = valuesOf(rawHeaders, 'x-forwarded-for')
    const scheme = valuesOf(rawHeaders, 'x-forwarded-proto').at(-1)?.toLowerCase()
    const host = incoming.headers.host ?? ''
    removeHeaders(incoming, isEdgeName)
    setAddress(incoming, clientOf([...forwarded, peer], isTrusted))
    if (scheme === 'https' && plainHost.test(host)) useHttps(incoming, host)
  }
}

/** A name or an address, and no part of a path. */
const plainHost = /^[\w.:[\]-]+$/

/** Gives the request a target with a scheme, which the listener takes as it is. */
function useHttps(incoming: IncomingMessage, host: string): void {
  if (incoming.url?.startsWith('/') === true) incoming.url = `https://${host}${incoming.url}`
}

function setAddress({ rawHeaders, headers }: IncomingMessage, address: string): void {
  rawHeaders.push(addressHeader, address)
  headers[addressKey] = address
}

/** The last address that is not a trusted proxy. Those before it may be invented. */
function clientOf(chain: readonly string[], isTrusted: (address: string) => boolean): string {
  const addresses = chain.map(plainAddress).filter((address) => isIP(address) !== 0)
  return addresses.findLast((address) => !isTrusted(address)) ?? addresses[0] ?? ''
}

/** An IPv4 address without the prefix of a socket that takes IPv6 too, and without a port. */
function plainAddress(address: string): string {
  if (/^[\d.]+$/.test(address)) return address
  const text = address.trim()
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(text) ?? []
  const [, withPort] = /^([\d.]+):\d+$/.exec(text) ?? []
  return (bracketed ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Headers that only Cloudflare sets. */
function isEdgeName(name: string): boolean {
  return headerKey(name).startsWith('cf_')
}

/** Judged names of headers. Clients use few, but can send any. */
const judged = new Map<string, boolean>()
const maxJudged = 1000

/** Headers in which a network states where a request comes from; a client must not. */
function isForgeable(name: string): boolean {
  const known = judged.get(name)
  if (known !== undefined) return known
  const isForged = isNetworkName(headerKey(name))
  if (judged.size < maxJudged) judged.set(name, isForged)
  return isForged
}

/** Removes the headers with these names, from the list and from the object that Node made of it. */
function removeHeaders(
  { rawHeaders, headers }: IncomingMessage,
  isRemoved: (name: string) => boolean,
): void {
  let kept = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]]
    if (isRemoved(name)) {
      Reflect.deleteProperty(headers, name.toLowerCase())
      continue
    }
    rawHeaders[kept] = name
    rawHeaders[kept + 1] = value
    kept += 2
  }
  rawHeaders.length = kept
}

/** The values of all headers with this name, split at commas. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(...(rawHeaders[i + 1] ?? '').split(','))
  }
  return values.map((value) => value.trim())
}

function blockListOf(proxies: readonly string[]): BlockList {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', length, ...rest] = proxy.split('/')
    const version = isIP(address)
    const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length)
    const isValid =
      version !== 0 &&
      rest.length === 0 &&
      /^\d*$/.test(length ?? '') &&
      length !== '' &&
      bits <= (version === 6 ? 128 : 32)
    if (!isValid) throw new RangeError(proxy)
    list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
