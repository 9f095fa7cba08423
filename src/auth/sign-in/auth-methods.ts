import type { AuthCollection } from '#auth/auth-token.ts'
import { type Authorization, startAuthorization } from '#auth/oauth2/providers/authorization.ts'

/** The authentication methods of a collection, with keys in order. */
export interface AuthMethods {
  readonly password: { readonly identityFields: readonly string[]; readonly enabled: boolean }
  readonly oauth2: { readonly providers: readonly Authorization[]; readonly enabled: boolean }
  readonly mfa: { readonly enabled: boolean; readonly duration: number }
  readonly otp: { readonly enabled: boolean; readonly duration: number }
  /** Only if accounts can have an authenticator. */
  readonly totp?: { readonly enabled: true }
  /** The rest is for older clients. */
  readonly authProviders: readonly Authorization[] | null
  readonly usernamePassword: boolean
  readonly emailPassword: boolean
}

/** The enabled authentication methods of a collection. Every response has a new OAuth2 state. */
export async function authMethods({ auth }: AuthCollection): Promise<AuthMethods> {
  const identityFields = auth.passwordAuth.enabled ? auth.passwordAuth.identityFields : []
  const providers = auth.oauth2.enabled ? await authorizations(auth.oauth2.providers) : []
  return {
    password: { identityFields, enabled: auth.passwordAuth.enabled },
    oauth2: { providers, enabled: auth.oauth2.enabled },
    mfa: switchable(auth.mfa),
    otp: switchable(auth.otp),
    ...(auth.security.totp.enabled && { totp: { enabled: true as const } }),
    authProviders: auth.oauth2.enabled
      ? providers.map((provider) => ({ ...provider, logo: '' }))
      : null,
    usernamePassword: identityFields.includes('username'),
    emailPassword: identityFields.includes('email'),
  }
}

async function authorizations(
  configured: AuthCollection['auth']['oauth2']['providers'],
): Promise<Authorization[]> {
  const started = await Promise.all(configured.map(startAuthorization))
  return started.filter((authorization) => authorization !== undefined)
}

function switchable({ enabled, duration }: { enabled: boolean; duration: number }): {
  enabled: boolean
  duration: number
} {
  return { enabled, duration: enabled ? duration : 0 }
}
