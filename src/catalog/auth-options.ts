import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { AuthOptions, ViewOptions } from './definition.ts'
import { namedValues } from '#kernel/named-values.ts'
import { securityShape, withoutDefaultSecurity } from './security-options.ts'

const wholeNumber = lazy(() => z.int())

const mailTemplate = lazy(() => z.object({ subject: z.string(), body: z.string() }))

const tokenOptions = lazy(() => z.object({ secret: z.string(), duration: wholeNumber() }))

const providerOptions = lazy(() =>
  z.object({
    pkce: z.boolean().nullable(),
    name: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    authURL: z.string(),
    tokenURL: z.string(),
    userInfoURL: z.string(),
    displayName: z.string(),
    extra: namedValues(z.unknown()).nullable(),
  }),
)

/** The shape of an auth collection's options; the keys are in the order of the JSON output. */
export const authOptionsSchema = lazy(
  () =>
    z.object({
      authRule: z.string().nullable(),
      manageRule: z.string().nullable(),
      authAlert: z.object({ enabled: z.boolean(), emailTemplate: mailTemplate() }),
      oauth2: z.object({
        providers: z.array(providerOptions()),
        mappedFields: z.object({
          id: z.string(),
          name: z.string(),
          username: z.string(),
          avatarURL: z.string(),
        }),
        enabled: z.boolean(),
      }),
      passwordAuth: z.object({ enabled: z.boolean(), identityFields: z.array(z.string()) }),
      mfa: z.object({ enabled: z.boolean(), duration: wholeNumber(), rule: z.string() }),
      otp: z.object({
        enabled: z.boolean(),
        duration: wholeNumber(),
        length: wholeNumber(),
        emailTemplate: mailTemplate(),
      }),
      authToken: tokenOptions(),
      passwordResetToken: tokenOptions(),
      emailChangeToken: tokenOptions(),
      verificationToken: tokenOptions(),
      fileToken: tokenOptions(),
      verificationTemplate: mailTemplate(),
      resetPasswordTemplate: mailTemplate(),
      confirmEmailChangeTemplate: mailTemplate(),
      security: securityShape(),
    }) satisfies z.ZodType<AuthOptions>,
)

/** The shape of a view's options. */
export const viewOptionsSchema = lazy(
  () =>
    z.object({
      viewQuery: z.string(),
    }) satisfies z.ZodType<ViewOptions>,
)

/** The options with a token's lifetime and secret. */
export const tokenOptionNames = [
  'authToken',
  'passwordResetToken',
  'emailChangeToken',
  'verificationToken',
  'fileToken',
] as const satisfies readonly (keyof AuthOptions)[]

/** The options of an auth collection without any secret, as the API returns them. */
export function withoutSecrets(options: AuthOptions): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...withoutDefaultSecurity(options) }
  for (const name of tokenOptionNames) shown[name] = { duration: options[name].duration }
  const providers = options.oauth2.providers.map(({ clientSecret: _, ...provider }) => provider)
  return { ...shown, oauth2: { ...options.oauth2, providers } }
}
