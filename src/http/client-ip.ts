import type { Context } from 'hono'
import { formatIpAddress, parseIpAddress } from '#kernel/ip-address.ts'
import type { AppEnv } from './app-env.ts'

/** Which headers tell the client's address. */
export interface ProxyTrust {
  readonly trustedProxy: { readonly headers: readonly string[]; readonly useLeftmostIP: boolean }
}

/** Who calls where no proxy says so: one's own machine. */
const localAddress = '127.0.0.1'

/** Cloudflare sets it on every request it forwards; a client cannot. */
const edgeHeader = 'CF-Connecting-IP'

/** Where proxies write the client's address, the commonest first. */
const proxyHeaders = [edgeHeader, 'Fly-Client-IP', 'X-Forwarded-For']

/**
 * The address of the client, IPv6 in its longest form. It is what Cloudflare saw, whatever the
 * settings trust; without Cloudflare, what the first trusted header that holds an address says.
 */
export function clientIp(c: Context<AppEnv>, { trustedProxy }: ProxyTrust): string {
  for (const name of [edgeHeader, ...trustedProxy.headers]) {
    const addresses = addressesIn(c.req.raw.headers, name)
    const address = trustedProxy.useLeftmostIP ? addresses[0] : addresses.at(-1)
    if (address !== undefined) return address
  }
  return localAddress
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
