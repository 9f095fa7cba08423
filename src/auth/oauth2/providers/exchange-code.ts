import * as oauth from 'oauth4webapi'
import { clientOf, requestOptions, serverOf } from './conversation.ts'
import { type JsonObject, textAt } from './json-path.ts'
import type { Provider } from './provider.ts'

/** What a client brings back from a provider. */
export interface CodeGrant {
  readonly code: string
  readonly codeVerifier: string
  readonly redirectURL: string
}

/** What a provider gives for a code. */
export interface ProviderToken {
  readonly accessToken: string
  readonly refreshToken: string
  /** Undefined for a token that does not say. */
  readonly expiresAt: Date | undefined
  /** The whole answer; some providers tell of the user in it. */
  readonly answer: JsonObject
}

/**
 * Exchanges a code for a token (RFC 6749, 4.1.3).
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

/** Some providers answer as a form, and some of these call it plain text. */
const formTypes = new Set(['application/x-www-form-urlencoded', 'text/plain'])

/** @throws SyntaxError for what is neither JSON nor a form. */
async function readAnswer(response: Response): Promise<unknown> {
  const [type = ''] = (response.headers.get('Content-Type') ?? '').split(';')
  const text = await response.text()
  const isForm = formTypes.has(type.trim().toLowerCase()) && !text.trimStart().startsWith('{')
  // The first of several values counts.
  return isForm ? Object.fromEntries([...new URLSearchParams(text)].toReversed()) : JSON.parse(text)
}

/**
 * The part of a token response that is relied on, as RFC 6749 (5.1) wants it. Providers leave out
 * the type, which is always `bearer`, or send scopes as arrays. The id_token is looked at by itself.
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
