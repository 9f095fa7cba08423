/** The options under `security` as they are while a collection has none of its own. */
export const defaultSecurity = {
  mfa: { methods: [], enrolled: 'totp', enrolAtSignIn: true },
  totp: { enabled: false, issuer: '', skew: 1 },
  stepUp: { maxAge: 600, actions: [] },
  session: { maxLifetime: 0, maxCount: 0 },
  password: { common: false, personal: false, words: [] },
  alerts: { factors: true, guessing: true },
}

type Parts = Readonly<Record<string, object | undefined>>

/** Fills in the defaults, which the API leaves out. */
export function completeSecurity(given: unknown): Parts {
  const parts = (given ?? {}) as Parts
  return Object.fromEntries(
    Object.entries(defaultSecurity).map(([name, part]) => [name, { ...part, ...parts[name] }]),
  )
}

/** The methods that can be a second factor. */
export const secondMethods = ['totp', 'recovery', 'otp', 'oauth2', 'password'] as const

/** The actions that can be made to need a recent proof of identity. */
export const provenActions = ['email', 'password', 'delete', 'sessions', 'link'] as const
