/*
 * The common input of all requests to a provider: the provider, the application, and how to send.
 */
import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  clockTolerance,
} from 'oauth4webapi'
import type { Provider } from './provider.ts'

/** The tolerance for the clocks of providers. */
export const leewaySeconds = 5 * 60

/** Some providers reject requests without a User-Agent. */
const commonHeaders = { Accept: 'application/json', 'User-Agent': 'Arete' }

/** Options of a request to a provider. */
export interface RequestOptions {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly [allowInsecureRequests]: boolean
}

/**
 * The options of a request to a provider. Its URLs come from a superuser, and may be plain HTTP
 * inside a private network.
 */
export function requestOptions(signal: AbortSignal): RequestOptions {
  return { headers: commonHeaders, signal, [allowInsecureRequests]: true }
}

/** The provider, as the token request needs it. */
export function serverOf({ tokenURL }: Provider): AuthorizationServer {
  return { issuer: tokenURL, token_endpoint: tokenURL }
}

/** The application, as the provider knows it. */
export function clientOf({ clientId }: Provider): Client {
  return { client_id: clientId, [clockTolerance]: leewaySeconds }
}
