/** The address of the OpenID Connect provider of a test run. */
export interface OidcSetup {
  readonly issuer: string
}

/** The applications that the provider knows. */
export const oidcClients = {
  application: { id: 'application', secret: 'not-a_secret.1' },
  /** Authenticates only in the body. */
  postingApplication: { id: 'posting', secret: 'secret 2 & more' },
  /** Its codes expire after a second. */
  hastyApplication: { id: 'hasty', secret: 'secret-3' },
} as const

declare module 'vitest' {
  interface ProvidedContext {
    oidc: OidcSetup
  }
}
