/** The options of an OAuth2 provider. The secret is never part of a response. */
export interface ProviderOptions {
  readonly name: string
  readonly displayName: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly authURL: string
  readonly tokenURL: string
  readonly userInfoURL: string
  readonly pkce: boolean | null
  readonly extra: Readonly<Record<string, unknown>> | null
}

/** A provider that was just chosen. */
export function newProvider(name: string): ProviderOptions {
  return {
    name,
    displayName: '',
    clientId: '',
    clientSecret: '',
    authURL: '',
    tokenURL: '',
    userInfoURL: '',
    pkce: null,
    extra: null,
  }
}
