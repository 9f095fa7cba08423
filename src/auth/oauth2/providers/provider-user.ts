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

/** A user as a provider tells of it, whichever provider it is. */
export interface ProviderUser {
  /** Blank when the answer has none where it is expected. */
  readonly id: string
  readonly name: string
  readonly username: string
  /** Blank unless the provider asserts that it is the user's own. */
  readonly email: string
  readonly avatarURL: string
  /** All that the provider says. */
  readonly rawUser: JsonObject
}

/**
 * Asks a provider who a token belongs to. `nonce` is what the id_token has to repeat, if the client
 * has sent one on its way.
 *
 * @throws An error of any kind when the provider refuses, cannot be reached or makes no sense, and
 *   for a user whom the provider has suspended.
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

/** Statuses by which providers say that the user did not grant it, or that there is no such thing. */
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

/** How often a provider may send us on. */
const maxRedirects = 5

const redirects = new Set([301, 302, 303, 307, 308])

/**
 * Requests an address with the token. A GET follows redirects within the origin that the superuser
 * named; one to anywhere else would hand the token to another server, or make us call one inside a
 * private network, and is returned as it is.
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

/** Where a response sends us, if that is an address of the same origin. */
function redirectWithin(url: string, { status, headers }: Response): string | undefined {
  const location = headers.get('Location')
  if (!redirects.has(status) || location === null || !URL.canParse(location, url)) return undefined
  const next = new URL(location, url)
  return next.origin === new URL(url).origin ? next.href : undefined
}
