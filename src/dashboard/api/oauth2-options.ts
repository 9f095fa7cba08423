/** True for OAuth2 that is on although there is no provider to sign in with. */
export function lacksProvider(oauth2: unknown): boolean {
  const { enabled, providers } = (oauth2 ?? {}) as {
    readonly enabled?: unknown
    readonly providers?: unknown
  }
  return enabled === true && Array.isArray(providers) && providers.length === 0
}
