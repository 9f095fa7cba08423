import type { Context } from 'hono'
import { formatIpAddress, parseIpAddress } from '#go-compat/ip-address.ts'
import type { AppEnv } from '#http/app-env.ts'

/** The headers that are trusted for the client's address. */
export interface ProxyTrust {
  readonly trustedProxy: { readonly headers: readonly string[]; readonly useLeftmostIP: boolean }
}

/** The peer of a request on the local machine, unless a header names another. */
const localAddress = '127.0.0.1'

/** Cloudflare sets it on every request it forwards and overwrites what the client sent. */
const edgeHeader = 'CF-Connecting-IP'

/** Headers in which proxies write the client's address, the most common first. */
const proxyHeaders = [edgeHeader, 'Fly-Client-IP', 'X-Forwarded-For']

/**
 * The address of the client, IPv6 in its longest form: the address in the first header that the
 * settings trust, else the peer's. Other headers are ignored, since a client can send any.
 */
export function clientIp(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string {
  return forwardedIp(c, { trustedProxy }) ?? peerIp(c)
}

/** The address in the first header that the settings trust. */
export function forwardedIp(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string | undefined {
  for (const name of trustedProxy.headers) {
    const addresses = addressesIn(c.req.raw.headers, name)
    const address = trustedProxy.useLeftmostIP ? addresses[0] : addresses.at(-1)
    if (address !== undefined) return address
  }
  return undefined
}

/** The peer of the request: the client, or the last proxy. */
export function peerIp(c: Context<AppEnv>): string {
  return addressesIn(c.req.raw.headers, edgeHeader).at(-1) ?? localAddress
}

/**
 * The first header of this request that may hold an address from a proxy; empty if there is none.
 */
export function possibleProxyHeader(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string {
  const names = [...trustedProxy.headers, ...proxyHeaders].filter(
    (name) => name !== edgeHeader || c.env.STATES_ADDRESS !== true,
  )
  return names.find((name) => headerValue(c.req.raw.headers, name) !== '') ?? ''
}

function addressesIn(headers: Headers, name: string): string[] {
  const value = headerValue(headers, name)
  if (value === '') return []
  return value
    .split(',')
    .map((part) => parseIpAddress(part.trim()))
    .filter((address) => address !== undefined)
    .map(formatIpAddress)
}

/** Returns '' for an invalid header name; settings may hold any string. */
function headerValue(headers: Headers, name: string): string {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? (headers.get(name) ?? '') : ''
}
