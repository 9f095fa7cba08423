import * as oauth from 'oauth4webapi'
import { clientOf, requestOptions, serverOf } from './conversation.ts'
import { type JsonObject, textAt } from './json-path.ts'
import type { Provider } from './provider.ts'

/** The code that a client got from a provider. */
export interface CodeGrant {
  readonly code: string
  readonly codeVerifier: string
  readonly redirectURL: string
}

/** The token response of a provider. */
export interface ProviderToken {
  readonly accessToken: string
  readonly refreshToken: string
  /** Undefined if the response does not say. */
  readonly expiresAt: Date | undefined
  /** The whole response, since some providers include user data. */
  readonly answer: JsonObject
}

/**
 * Exchanges a code for a token (RFC 6749, 4.1.3).
 *
 * Sends the client credentials with HTTP Basic, and in the body if the provider rejects that. Not
 * all providers accept the same one.
 *
 * @throws An error of any kind if the provider rejects the code, cannot be reached or responds with
 * nonsense.
 */
export async function exchangeCode(
  provider: Provider,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<ProviderToken> {
  const answer = await requestToken(provider, grant, signal)
  const token = await oauth.processAuthorizationCodeResponse(
    serverOf(provider),
    clientOf(provider),
    Response.json(standardised(answer)),
  )
  const { access_token, refresh_token = '', expires_in } = token
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresAt: expires_in === undefined ? undefined : new Date(Date.now() + expires_in * 1000),
    answer,
  }
}

async function requestToken(
  provider: Provider,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<JsonObject> {
  try {
    return await tryToken(provider, grant, signal, oauth.ClientSecretBasic)
  } catch (error) {
    if (signal.aborted) throw error
    return await tryToken(provider, grant, signal, oauth.ClientSecretPost)
  }
}

async function tryToken(
  provider: Provider,
  { code, codeVerifier, redirectURL }: CodeGrant,
  signal: AbortSignal,
  identify: (secret: string) => oauth.ClientAuth,
): Promise<JsonObject> {
  const response = await oauth.genericTokenEndpointRequest(
    serverOf(provider),
    clientOf(provider),
    identify(provider.clientSecret),
    'authorization_code',
    {
      code,
      ...(redirectURL === '' ? {} : { redirect_uri: redirectURL }),
      ...(provider.pkce ? { code_verifier: codeVerifier } : {}),
    },
    requestOptions(signal),
  )
  const answer = await readAnswer(response)
  if (!response.ok || !isObject(answer) || typeof answer['access_token'] !== 'string') {
    throw new Error(`The token endpoint answered ${response.status} ${textAt(answer, 'error')}`)
  }
  return answer
}

/** Some providers respond with a form, and some of these label it as plain text. */
const formTypes = new Set(['application/x-www-form-urlencoded', 'text/plain'])

/** @throws SyntaxError If the response is neither JSON nor a form. */
async function readAnswer(response: Response): Promise<unknown> {
  const [type = ''] = (response.headers.get('Content-Type') ?? '').split(';')
  const text = await response.text()
  const isForm = formTypes.has(type.trim().toLowerCase()) && !text.trimStart().startsWith('{')
  // The first of several values counts.
  return isForm ? Object.fromEntries([...new URLSearchParams(text)].toReversed()) : JSON.parse(text)
}

/**
 * The required part of a token response, in the format of RFC 6749 (5.1). Providers leave out the
 * type, which is always `bearer`, or send scopes as arrays. The id_token is validated separately.
 */
function standardised({ access_token, refresh_token, expires_in }: JsonObject): JsonObject {
  return {
    access_token,
    token_type: 'bearer',
    ...(typeof refresh_token === 'string' ? { refresh_token } : {}),
    ...(Number(expires_in) > 0 ? { expires_in: Number(expires_in) } : {}),
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
