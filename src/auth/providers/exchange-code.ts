import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import type { IdTokenPolicy } from './defaults.ts'
import { requestOptions } from './http.ts'
import type { JsonObject } from './json-path.ts'
import type { Provider } from './provider.ts'

/** What a client brings back from a provider. */
export interface CodeGrant {
  readonly code: string
  readonly codeVerifier: string
  readonly redirectURL: string
  /** What an id_token has to repeat; blank when the client sent none. */
  readonly nonce: string
}

/** What a provider gives for a code. */
export interface ProviderToken {
  readonly accessToken: string
  readonly refreshToken: string
  /** Undefined for a token that does not say. */
  readonly expiresAt: Date | undefined
  /** The whole answer; some providers tell of the user in it. */
  readonly answer: JsonObject
  /** What the id_token says; undefined unless the provider is one to ask it of. */
  readonly claims: JsonObject | undefined
}

/** How far the clocks of providers may be off. */
const leewaySeconds = 5 * 60

/** Public-key algorithms alone: a token signed with the client's secret could be the client's own. */
const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * Exchanges a code for a token (RFC 6749, 4.1.3), and validates the id_token of providers that are
 * asked for one (OpenID Connect Core, 3.1.3.7).
 *
 * The client is named by HTTP Basic, and in the body when the provider refuses that; neither way is
 * one that all providers take.
 *
 * @throws An error of any kind when the provider refuses, cannot be reached or makes no sense.
 */
export async function exchangeCode(
  provider: Provider,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<ProviderToken> {
  const answer = await requestToken(provider, grant, signal)
  const { token, claims } = await validated(provider, answer, grant.nonce, signal)
  return {
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? '',
    expiresAt:
      token.expires_in === undefined ? undefined : new Date(Date.now() + token.expires_in * 1000),
    answer,
    claims,
  }
}

async function requestToken(
  provider: Provider,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<JsonObject> {
  try {
    return await tokenRequest(provider, grant, signal, oauth.ClientSecretBasic)
  } catch (error) {
    if (signal.aborted) throw error
    return await tokenRequest(provider, grant, signal, oauth.ClientSecretPost)
  }
}

/** One try. Answers are read leniently here, and held against the standard once they are tidied up. */
async function tokenRequest(
  provider: Provider,
  grant: CodeGrant,
  signal: AbortSignal,
  identify: (secret: string) => oauth.ClientAuth,
): Promise<JsonObject> {
  const response = await oauth.genericTokenEndpointRequest(
    serverOf(provider),
    clientOf(provider),
    identify(provider.clientSecret),
    'authorization_code',
    {
      code: grant.code,
      ...(grant.redirectURL === '' ? {} : { redirect_uri: grant.redirectURL }),
      ...(provider.pkce ? { code_verifier: grant.codeVerifier } : {}),
    },
    requestOptions(signal),
  )
  const answer: unknown = await response.json()
  if (!response.ok || !isObject(answer) || typeof answer['access_token'] !== 'string') {
    throw new Error(`The token endpoint answered ${response.status}.`)
  }
  return answer
}

interface ValidatedToken {
  readonly token: oauth.TokenEndpointResponse
  readonly claims: JsonObject | undefined
}

async function validated(
  provider: Provider,
  answer: JsonObject,
  nonce: string,
  signal: AbortSignal,
): Promise<ValidatedToken> {
  const policy = provider.idToken
  const response = Response.json(standardised(answer, policy))
  const claimed = policy && claimsOf(answer)
  const server = serverOf(provider, policy && issuerOf(policy, claimed), policy?.jwksURL)
  const token = await oauth.processAuthorizationCodeResponse(server, clientOf(provider), response, {
    requireIdToken: policy !== undefined,
    ...expectedNonce(claimed, nonce),
  })
  const claims = oauth.getValidatedIdTokenClaims(token)
  if (claims !== undefined && claims.iat > Date.now() / 1000 + leewaySeconds) {
    throw new Error('The id_token is from the future.')
  }
  if (server.jwks_uri !== undefined) {
    await oauth.validateApplicationLevelSignature(server, response, requestOptions(signal))
  }
  return { token, claims }
}

/**
 * The part of a token response that is relied on, as RFC 6749 (5.1) wants it. Providers leave out
 * the type, which is always `bearer`, send scopes as arrays, or an id_token nobody asked for.
 */
function standardised(answer: JsonObject, policy: IdTokenPolicy | undefined): JsonObject {
  const { access_token, refresh_token, expires_in, id_token } = answer
  return {
    access_token,
    token_type: 'bearer',
    ...(typeof refresh_token === 'string' ? { refresh_token } : {}),
    ...(Number(expires_in) > 0 ? { expires_in: Number(expires_in) } : {}),
    ...(policy === undefined ? {} : { id_token }),
  }
}

function claimsOf({ id_token }: JsonObject): JsonObject | undefined {
  return typeof id_token === 'string' ? decodeJwt(id_token) : undefined
}

/** The issuer that the token has to name: its own if that is an accepted one. */
function issuerOf({ issuers }: IdTokenPolicy, claimed: JsonObject | undefined): string | undefined {
  const named = typeof claimed?.['iss'] === 'string' ? claimed['iss'] : undefined
  const isAccepted = issuers.length === 0 || (named !== undefined && issuers.includes(named))
  return isAccepted ? named : issuers[0]
}

/** The nonce is the client's to choose and to say; one it does not say is not looked at. */
function expectedNonce(claimed: JsonObject | undefined, nonce: string): { expectedNonce?: string } {
  const own = claimed?.['nonce']
  if (nonce !== '') return { expectedNonce: nonce }
  return typeof own === 'string' ? { expectedNonce: own } : {}
}

function serverOf(
  { tokenURL }: Provider,
  issuer = tokenURL,
  jwksURL = '',
): oauth.AuthorizationServer {
  return {
    issuer,
    token_endpoint: tokenURL,
    id_token_signing_alg_values_supported: signingAlgorithms,
    ...(jwksURL === '' ? {} : { jwks_uri: jwksURL }),
  }
}

function clientOf({ clientId }: Provider): oauth.Client {
  return { client_id: clientId, [oauth.clockTolerance]: leewaySeconds }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
