import type { FieldDefinition } from '#fields/definition/field-type.ts'
import type { SecurityOptions } from './security-options.ts'

/** The types of collections. */
export const collectionTypes = ['base', 'auth', 'view'] as const

/** The type of a collection. */
export type CollectionType = (typeof collectionTypes)[number]

/** A mail's subject and HTML body, with placeholders. */
export interface MailTemplate {
  readonly subject: string
  readonly body: string
}

/** The lifetime of a kind of token, in seconds, and the secret part of its key. */
export interface TokenOptions {
  readonly duration: number
  readonly secret: string
}

/** A configured OAuth2 provider. */
export interface ProviderOptions {
  readonly pkce: boolean | null
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
  readonly authURL: string
  readonly tokenURL: string
  readonly userInfoURL: string
  readonly displayName: string
  readonly extra: Readonly<Record<string, unknown>> | null
}

/** The options of auth collections. Durations are in seconds. */
export interface AuthOptions {
  readonly authRule: string | null
  readonly manageRule: string | null
  readonly authAlert: { readonly enabled: boolean; readonly emailTemplate: MailTemplate }
  readonly oauth2: {
    readonly providers: readonly ProviderOptions[]
    readonly mappedFields: {
      readonly id: string
      readonly name: string
      readonly username: string
      readonly avatarURL: string
    }
    readonly enabled: boolean
  }
  readonly passwordAuth: { readonly enabled: boolean; readonly identityFields: readonly string[] }
  readonly mfa: { readonly enabled: boolean; readonly duration: number; readonly rule: string }
  readonly otp: {
    readonly enabled: boolean
    readonly duration: number
    readonly length: number
    readonly emailTemplate: MailTemplate
  }
  readonly authToken: TokenOptions
  readonly passwordResetToken: TokenOptions
  readonly emailChangeToken: TokenOptions
  readonly verificationToken: TokenOptions
  readonly fileToken: TokenOptions
  readonly verificationTemplate: MailTemplate
  readonly resetPasswordTemplate: MailTemplate
  readonly confirmEmailChangeTemplate: MailTemplate
  readonly security: SecurityOptions
}

/** The options of views. */
export interface ViewOptions {
  readonly viewQuery: string
}

/** The common part of every stored definition. Dates are in PocketBase's format. */
export interface CommonDefinition {
  readonly id: string
  readonly system: boolean
  readonly name: string
  readonly listRule: string | null
  readonly viewRule: string | null
  readonly createRule: string | null
  readonly updateRule: string | null
  readonly deleteRule: string | null
  readonly fields: readonly FieldDefinition[]
  readonly indexes: readonly string[]
  readonly created: string
  readonly updated: string
}

/** A collection as stored in `_collections`, as data. */
export type CollectionDefinition =
  | (CommonDefinition & {
      readonly type: 'base'
      readonly options: Readonly<Record<string, never>>
    })
  | (CommonDefinition & { readonly type: 'auth'; readonly options: AuthOptions })
  | (CommonDefinition & { readonly type: 'view'; readonly options: ViewOptions })
