import { allowInsecureRequests } from 'oauth4webapi'

/** What every request to a provider carries. Some refuse those without a `User-Agent`. */
const commonHeaders = { Accept: 'application/json', 'User-Agent': 'Arete' }

/**
 * The options of a request to a provider. Its addresses are a superuser's, and inside a private
 * network they may well be plain HTTP.
 */
export function requestOptions(signal: AbortSignal): {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly [allowInsecureRequests]: boolean
} {
  return { headers: commonHeaders, signal, [allowInsecureRequests]: true }
}
