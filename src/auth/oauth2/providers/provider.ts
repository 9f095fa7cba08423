import type { ProviderOptions } from '#catalog/definition.ts'
import { type IdTokenPolicy, providerDefaults } from './defaults.ts'

/** A provider as a collection has configured it, with its defaults filled in. */
export interface Provider {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
  /** True if the code is bound to a verifier (RFC 7636). */
  readonly pkce: boolean
  readonly scopes: readonly string[]
  /** Further parameters of the authorization URL. */
  readonly parameters: Readonly<Record<string, string>>
  readonly authURL: string
  readonly tokenURL: string
  /** Blank if the id_token identifies the user. */
  readonly userInfoURL: string
  readonly extra: Readonly<Record<string, unknown>>
  /** The validation of an id_token; undefined if none is requested. */
  readonly idToken: IdTokenPolicy | undefined
}

/** The configured provider; undefined if it does not exist. */
export function configuredProvider(options: ProviderOptions): Provider | undefined {
  const defaults = providerDefaults(options.name)
  if (defaults === undefined) return undefined

  const addresses = {
    authURL: options.authURL || defaults.authURL,
    tokenURL: options.tokenURL || defaults.tokenURL,
    userInfoURL: options.userInfoURL || defaults.userInfoURL,
  }
  const extra = options.extra ?? {}
  const idToken = defaults.idToken?.({ ...addresses, extra })
  return {
    name: options.name,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    pkce: options.pkce ?? defaults.pkce,
    scopes: [...defaults.scopes, ...(idToken?.scopes ?? [])],
    parameters: defaults.parameters,
    ...addresses,
    extra,
    idToken,
  }
}
