/*
 * Headers by which the network says where a request comes from. A rule may rely on them
 * (`@request.headers.cf_connecting_ip`), so nothing inside a request may say them about itself.
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

/** The name of a header as rules spell it: `X-Token` is `x_token`. */
export function headerKey(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

/** Whether a header, by its name in rules, is one that the network writes or the settings trust. */
function isNetworkHeader(key: string, { trustedProxy }: ProxyTrust): boolean {
  return networkName.test(key) || trustedProxy.headers.some((name) => headerKey(name) === key)
}

/**
 * The headers that a part of a request brings along, by their names in rules, without those of the
 * network and without a token of its own. Stops a client from naming another address than its own.
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
