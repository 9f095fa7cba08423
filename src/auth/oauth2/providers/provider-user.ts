import { requestOptions } from './conversation.ts'
import type { ProviderToken } from './exchange-code.ts'
import { idTokenClaims } from './id-token.ts'
import { type JsonObject, textAt } from './json-path.ts'
import type { Provider } from './provider.ts'
import {
  type MappingContext,
  type Source,
  userMappings,
  type UserRequest,
} from './user-mappings.ts'

/** A user of any provider. */
export interface ProviderUser {
  /** Blank if the response has none. */
  readonly id: string
  readonly name: string
  readonly username: string
  /** Blank unless the provider has verified it. */
  readonly email: string
  readonly avatarURL: string
  /** The provider's whole response. */
  readonly rawUser: JsonObject
}

/**
 * Fetches the user of a token. `nonce` is the value the id_token must repeat, if the client has
 * sent one.
 *
 * @throws An error of any kind if the provider rejects the token, cannot be reached or responds
 * with nonsense, and
 *   if the provider has suspended the user.
 */
export async function fetchProviderUser(
  provider: Provider,
  token: ProviderToken,
  nonce: string,
  signal: AbortSignal,
): Promise<ProviderUser> {
  const mapping = userMappings[provider.name]
  if (mapping === undefined) throw new Error(`No users of ${provider.name} are known.`)

  const claims = await idTokenClaims(provider, token, nonce, signal)
  const context: MappingContext = {
    provider,
    token,
    claims,
    ask: (url) => askOptional(url, token, signal),
  }
  const document =
    provider.userInfoURL === ''
      ? claims
      : await userDocument(provider, token, mapping.request?.(provider) ?? {}, signal)
  if (document === undefined) throw new Error('There is no address to ask for the user.')
  const rawUser = mapping.complete?.(document, token) ?? document
  if (mapping.isRefused?.(rawUser)) throw new Error(`${provider.name} does not let the user in.`)

  const read = async (source: Source | undefined): Promise<string> => {
    if (source === undefined) return ''
    return typeof source === 'string' ? textAt(rawUser, source) : await source(rawUser, context)
  }
  return {
    id: await read(mapping.id),
    name: await read(mapping.name),
    username: await read(mapping.username),
    email: await read(mapping.email),
    avatarURL: await read(mapping.avatarURL),
    rawUser,
  }
}

async function userDocument(
  { userInfoURL }: Provider,
  token: ProviderToken,
  request: UserRequest,
  signal: AbortSignal,
): Promise<JsonObject> {
  const response = await send(userInfoURL, token, request, signal)
  if (!response.ok) throw new Error(`The user address answered ${response.status}.`)
  const document: unknown = await response.json()
  if (typeof document !== 'object' || document === null) throw new Error('The user is no object.')
  return document as JsonObject
}

/** Statuses for data that the user did not grant or that does not exist. */
const withheld = new Set([401, 403, 404])

async function askOptional(
  url: string,
  token: ProviderToken,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await send(url, token, {}, signal)
  if (withheld.has(response.status)) return undefined
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
  return await response.json()
}

/** Maximum redirects of a provider. */
const maxRedirects = 5

const redirects = new Set([301, 302, 303, 307, 308])

/**
 * Requests a URL with the token. A GET follows redirects within the origin that the superuser
 * configured. A redirect to another origin would send the token to another server, or make us call
 * one inside a private network, so that response is returned unchanged.
 */
async function send(
  url: string,
  { accessToken }: ProviderToken,
  { headers = {}, query }: UserRequest,
  signal: AbortSignal,
): Promise<Response> {
  const posted: Record<string, string> =
    query === undefined ? {} : { 'Content-Type': 'application/json' }
  const request = {
    method: query === undefined ? 'GET' : 'POST',
    headers: {
      ...requestOptions(signal).headers,
      Authorization: `Bearer ${accessToken}`,
      ...posted,
      ...headers,
    },
    body: query === undefined ? null : JSON.stringify({ query }),
    redirect: 'manual',
    signal,
  } as const
  let response = await fetch(url, request)
  let at = url
  for (let count = 0; count < maxRedirects; count++) {
    const next = query === undefined ? redirectWithin(at, response) : undefined
    if (next === undefined) return response
    await response.body?.cancel()
    response = await fetch(next, request)
    at = next
  }
  return response
}

/** The target of a redirect, if it has the same origin. */
function redirectWithin(url: string, { status, headers }: Response): string | undefined {
  const location = headers.get('Location')
  if (!redirects.has(status) || location === null || !URL.canParse(location, url)) return undefined
  const next = new URL(location, url)
  return next.origin === new URL(url).origin ? next.href : undefined
}
