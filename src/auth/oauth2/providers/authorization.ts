import { oauth2Providers } from '#catalog/oauth2-providers.ts'
import type { ProviderOptions } from '#catalog/definition.ts'
import { randomString } from '#kernel/random.ts'
import { configuredProvider } from './provider.ts'

/** The data a client needs to send a user to a provider, with keys in order. */
export interface Authorization {
  readonly name: string
  readonly displayName: string
  readonly logo: string
  readonly state: string
  /** Ends with `redirect_uri=`, to which the client appends its own URL. */
  readonly authURL: string
  /** The same; older clients read it. */
  readonly authUrl: string
  /** Blank, like the next two, for a provider without PKCE. */
  readonly codeVerifier: string
  readonly codeChallenge: string
  readonly codeChallengeMethod: string
}

const stateLength = 30
/** The minimum of RFC 7636 (4.1). */
const verifierLength = 43

/**
 * Starts an authorization with a provider; undefined if it does not exist. The client keeps state
 * and verifier; nothing is stored.
 */
export async function startAuthorization(
  options: ProviderOptions,
): Promise<Authorization | undefined> {
  const provider = configuredProvider(options)
  if (provider === undefined) return undefined

  const state = randomString(stateLength)
  const challenge = provider.pkce ? await newChallenge() : noChallenge
  const authURL = addressWith(provider.authURL, {
    client_id: provider.clientId,
    code_challenge: challenge.codeChallenge,
    code_challenge_method: challenge.codeChallengeMethod,
    response_type: 'code',
    scope: provider.scopes.join(' '),
    state,
    ...provider.parameters,
  })
  return {
    name: options.name,
    displayName: options.displayName || defaultDisplayName(options.name),
    logo: logoOf(options.name),
    state,
    authURL,
    authUrl: authURL,
    ...challenge,
  }
}

const noChallenge = { codeVerifier: '', codeChallenge: '', codeChallengeMethod: '' }

async function newChallenge(): Promise<typeof noChallenge> {
  const codeVerifier = randomString(verifierLength)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier))
  const codeChallenge = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return { codeVerifier, codeChallenge, codeChallengeMethod: 'S256' }
}

/**
 * Adds parameters in alphabetical order without blank ones, and finally the one the client
 * completes.
 */
function addressWith(url: string, parameters: Readonly<Record<string, string>>): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${queryEscape(value)}`)
  return `${url}${url.includes('?') ? '&' : '?'}${[...query, 'redirect_uri='].join('&')}`
}

/** Escapes a query like Go: spaces become `+`, and only `-_.~`, letters and digits are literal. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function defaultDisplayName(name: string): string {
  return oauth2Providers.find((provider) => provider.name === name)?.displayName ?? name
}

function logoOf(name: string): string {
  return oauth2Providers.find((provider) => provider.name === name)?.logo ?? ''
}
