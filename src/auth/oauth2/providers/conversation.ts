/*
 * What every exchange with a provider is given: who it is, who we are, and how requests are sent.
 */
import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  clockTolerance,
} from 'oauth4webapi'
import type { Provider } from './provider.ts'

/** How far the clocks of providers may be off. */
export const leewaySeconds = 5 * 60

/** Some providers refuse requests that do not say what sends them. */
const commonHeaders = { Accept: 'application/json', 'User-Agent': 'Arete' }

/** How a request to a provider is sent. */
export interface RequestOptions {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly [allowInsecureRequests]: boolean
}

/**
 * The options of a request to a provider. Its addresses are a superuser's, and inside a private
 * network they may well be plain HTTP.
 */
export function requestOptions(signal: AbortSignal): RequestOptions {
  return { headers: commonHeaders, signal, [allowInsecureRequests]: true }
}

/** The provider, as far as asking it for a token takes. */
export function serverOf({ tokenURL }: Provider): AuthorizationServer {
  return { issuer: tokenURL, token_endpoint: tokenURL }
}

/** The application, as the provider knows it. */
export function clientOf({ clientId }: Provider): Client {
  return { client_id: clientId, [clockTolerance]: leewaySeconds }
}
