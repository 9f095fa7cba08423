/*
 * Headers in which the network states where a request comes from. A rule may rely on them
 * (`@request.headers.cf_connecting_ip`), so no part inside a request may set them for itself.
 */
import type { ProxyTrust } from './client-ip.ts'

const networkName = new RegExp(
  `^(?:${[
    'cf_.*',
    'cdn_loop',
    'x_forwarded(?:_.*)?',
    'x_original_forwarded_for',
    'forwarded(?:_for)?',
    'via',
    'x_real_ip',
    '(?:x_|true_|x_cluster_|fly_|fastly_)client_ip',
    'x_azure_(?:clientip|socketip)',
    'x_envoy_external_address',
  ].join('|')})$`,
)

/** The name of a header in rules: `X-Token` is `x_token`. */
export function headerKey(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

/** True if the network writes this header, given by its name in rules. */
export function isNetworkName(key: string): boolean {
  return networkName.test(key)
}

/** True if the network writes this header, or the settings trust it. */
function isNetworkHeader(key: string, { trustedProxy }: ProxyTrust): boolean {
  return isNetworkName(key) || trustedProxy.headers.some((name) => headerKey(name) === key)
}

/**
 * The headers of one part of a request, by their names in rules. Excludes network headers and a
 * token of its own. Stops a client from claiming another address.
 */
export function partHeaders(
  headers: Readonly<Record<string, string>>,
  trust: ProxyTrust,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [headerKey(name), value] as const)
      .filter(([key]) => key !== 'authorization' && !isNetworkHeader(key, trust)),
  )
}
