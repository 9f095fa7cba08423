/*
 * The options under `security`, which PocketBase does not have. They are left out wherever they
 * equal their defaults, so that a collection that uses none of them has PocketBase's JSON.
 */
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'

/** Options of an auth collection that go beyond PocketBase. Durations are in seconds. */
export interface SecurityOptions {
  readonly mfa: {
    /** The methods that may be the second factor; empty for all of them. */
    readonly methods: readonly string[]
    /** `totp` asks every account with a confirmed authenticator for a second factor; or `off`. */
    readonly enrolled: string
    /** True if an account without a second factor may enrol one while it signs in. */
    readonly enrolAtSignIn: boolean
  }
  readonly totp: {
    readonly enabled: boolean
    /** The name in the authenticator app; empty for the application's name. */
    readonly issuer: string
    /** Time steps accepted before and after the current one. */
    readonly skew: number
  }
  readonly stepUp: {
    /** The maximum age of a proof of identity. */
    readonly maxAge: number
    /** The actions that need a recent proof, besides those that always do. */
    readonly actions: readonly string[]
  }
  readonly session: {
    /** The time after which a session ends, however often it is renewed; 0 for no end. */
    readonly maxLifetime: number
    /** The sessions an account can have; the least recently seen ones end. 0 for any number. */
    readonly maxCount: number
  }
  readonly password: {
    /** True to refuse the most common passwords. */
    readonly common: boolean
    /** True to refuse passwords that mostly repeat what is known about the account. */
    readonly personal: boolean
    /** Words that a password must not mostly consist of, such as the name of the product. */
    readonly words: readonly string[]
  }
  readonly alerts: {
    /** Mails the owner about changes of second factors. */
    readonly factors: boolean
    /** Mails the owner about wrong second factors after a right first one. */
    readonly guessing: boolean
  }
}

/** The shape of the options; the keys are in the order of the JSON output. */
export const securityShape = lazy(
  () =>
    z.object({
      mfa: z.object({
        methods: z.array(z.string()),
        enrolled: z.string(),
        enrolAtSignIn: z.boolean(),
      }),
      totp: z.object({ enabled: z.boolean(), issuer: z.string(), skew: z.int() }),
      stepUp: z.object({ maxAge: z.int(), actions: z.array(z.string()) }),
      session: z.object({ maxLifetime: z.int(), maxCount: z.int() }),
      password: z.object({
        common: z.boolean(),
        personal: z.boolean(),
        words: z.array(z.string()),
      }),
      alerts: z.object({ factors: z.boolean(), guessing: z.boolean() }),
    }) satisfies z.ZodType<SecurityOptions>,
)

/** The options of a collection that has none of its own. */
export const defaultSecurity: SecurityOptions = {
  mfa: { methods: [], enrolled: 'totp', enrolAtSignIn: true },
  totp: { enabled: false, issuer: '', skew: 1 },
  stepUp: { maxAge: 600, actions: [] },
  session: { maxLifetime: 0, maxCount: 0 },
  password: { common: false, personal: false, words: [] },
  alerts: { factors: true, guessing: true },
}

/** The stored form. Parts that an older version did not know have their defaults. */
export const storedSecurity = lazy(() => {
  const { mfa, totp, stepUp, session, password, alerts } = securityShape().shape
  return z
    .object({
      mfa: mfa.partial(),
      totp: totp.partial(),
      stepUp: stepUp.partial(),
      session: session.partial(),
      password: password.partial(),
      alerts: alerts.partial(),
    })
    .partial()
    .default({})
    .transform((stored): SecurityOptions =>
      securityShape().parse({
        mfa: { ...defaultSecurity.mfa, ...stored.mfa },
        totp: { ...defaultSecurity.totp, ...stored.totp },
        stepUp: { ...defaultSecurity.stepUp, ...stored.stepUp },
        session: { ...defaultSecurity.session, ...stored.session },
        password: { ...defaultSecurity.password, ...stored.password },
        alerts: { ...defaultSecurity.alerts, ...stored.alerts },
      }),
    )
})

/** The shape in a request: `null`, for all of it or for a part, puts the defaults back. */
export const submittedSecurity = lazy(() => {
  const { mfa, totp, stepUp, session, password, alerts } = securityShape().shape
  return z
    .object({
      mfa: mfa.nullable(),
      totp: totp.nullable(),
      stepUp: stepUp.nullable(),
      session: session.nullable(),
      password: password.nullable(),
      alerts: alerts.nullable(),
    })
    .nullable()
})

/** Replaces each `null` by the defaults it stands for. */
export function withDefaultsForNull(submitted: unknown): unknown {
  if (submitted === null) return defaultSecurity
  if (typeof submitted !== 'object' || Array.isArray(submitted)) return submitted
  const parts = Object.entries(defaultSecurity).filter(
    ([name]) => Object.entries(submitted).find(([key]) => key === name)?.[1] === null,
  )
  return { ...submitted, ...Object.fromEntries(parts) }
}

/** Options as they are stored and shown: without `security` while it equals its default. */
export function withoutDefaultSecurity<T extends { readonly security: SecurityOptions }>(
  options: T,
): Omit<T, 'security'> & { readonly security?: SecurityOptions } {
  const { security, ...others } = options
  const isDefault = JSON.stringify(security) === JSON.stringify(defaultSecurity)
  return isDefault ? others : { ...others, security }
}
