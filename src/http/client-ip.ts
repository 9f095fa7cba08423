import type { Context } from 'hono'
import { formatIpAddress, parseIpAddress } from '#go-compat/ip-address.ts'
import type { AppEnv } from './app-env.ts'

/** Which headers tell the client's address. */
export interface ProxyTrust {
  readonly trustedProxy: { readonly headers: readonly string[]; readonly useLeftmostIP: boolean }
}

/** The peer of a request on one's own machine, where nothing says otherwise. */
const localAddress = '127.0.0.1'

/** Cloudflare sets it on every request it forwards, in place of whatever the client sent. */
const edgeHeader = 'CF-Connecting-IP'

/** Where proxies write the client's address, the commonest first. */
const proxyHeaders = [edgeHeader, 'Fly-Client-IP', 'X-Forwarded-For']

/**
 * The address of the client, IPv6 in its longest form: what the first header that the settings trust
 * says, where it holds an address; else the peer's. A header that the settings do not name says
 * nothing, since a client may send any.
 */
export function clientIp(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string {
  for (const name of trustedProxy.headers) {
    const addresses = addressesIn(c.req.raw.headers, name)
    const address = trustedProxy.useLeftmostIP ? addresses[0] : addresses.at(-1)
    if (address !== undefined) return address
  }
  return peerIp(c)
}

/** The address that the request itself came from: the client's, or that of the last proxy. */
export function peerIp(c: Context<AppEnv>): string {
  return addressesIn(c.req.raw.headers, edgeHeader).at(-1) ?? localAddress
}

/**
 * The first header of this request that a proxy may have written the client's address to; empty
 * without one.
 */
export function possibleProxyHeader(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string {
  const names = [...trustedProxy.headers, ...proxyHeaders]
  return names.find((name) => headerValue(c.req.raw.headers, name) !== '') ?? ''
}

function addressesIn(headers: Headers, name: string): string[] {
  return headerValue(headers, name)
    .split(',')
    .map((part) => parseIpAddress(part.trim()))
    .filter((address) => address !== undefined)
    .map(formatIpAddress)
}

/** Empty for what is no name of a header; settings may hold any text. */
function headerValue(headers: Headers, name: string): string {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? (headers.get(name) ?? '') : ''
}
