import { randomString } from '#kernel/random.ts'
import type {
  AuthOptions,
  CollectionDefinition,
  CollectionType,
  CommonDefinition,
  MailTemplate,
} from './definition.ts'
import { defaultSecurity } from './security-options.ts'
import { authFields, idField } from './system-fields.ts'

const secretLength = 50

/** A new secret part of a token's key. */
export function newSecret(): string {
  return randomString(secretLength)
}

const blank: CommonDefinition = {
  id: '',
  system: false,
  name: '',
  listRule: null,
  viewRule: null,
  createRule: null,
  updateRule: null,
  deleteRule: null,
  fields: [],
  indexes: [],
  created: '',
  updated: '',
}

/**
 * The default definition of a type.
 *
 * The indexes of an auth collection have a random suffix and no table; both are replaced when it
 * gets its id and name. Secrets are new at each call.
 */
export function scaffold(type: CollectionType): CollectionDefinition {
  if (type === 'view') return { ...blank, type, options: { viewQuery: '' } }
  if (type === 'base') return { ...blank, type, fields: [idField], options: {} }
  return {
    ...blank,
    type,
    fields: [idField, ...authFields],
    indexes: authIndexes(randomString(10, 'abcdefghijklmnopqrstuvwxyz0123456789'), ''),
    options: defaultAuthOptions(newSecret),
  }
}

/** The name of a unique index on an auth field. */
function authIndexName(field: string, collectionId: string): string {
  return `idx_${field}_${collectionId}`.slice(0, 64)
}

/** The required indexes of an auth collection. */
export function authIndexes(collectionId: string, table: string): string[] {
  const tokenKey = authIndexName('tokenKey', collectionId)
  const email = authIndexName('email', collectionId)
  return [
    `CREATE UNIQUE INDEX \`${tokenKey}\` ON \`${table}\` (\`tokenKey\`)`,
    `CREATE UNIQUE INDEX \`${email}\` ON \`${table}\` (\`email\`) WHERE \`email\` != ''`,
  ]
}

/** The default options of an auth collection. */
export function defaultAuthOptions(secret: () => string): AuthOptions {
  const token = (duration: number) => ({ secret: secret(), duration })
  return {
    authRule: '',
    manageRule: null,
    authAlert: { enabled: true, emailTemplate: loginAlertMail },
    oauth2: {
      providers: [],
      mappedFields: { id: '', name: '', username: '', avatarURL: '' },
      enabled: false,
    },
    passwordAuth: { enabled: true, identityFields: ['email'] },
    mfa: { enabled: false, duration: 600, rule: '' },
    otp: { enabled: false, duration: 180, length: 8, emailTemplate: oneTimePasswordMail },
    authToken: token(5 * 24 * 60 * 60),
    passwordResetToken: token(30 * 60),
    emailChangeToken: token(30 * 60),
    verificationToken: token(24 * 60 * 60),
    fileToken: token(3 * 60),
    verificationTemplate: verificationMail,
    resetPasswordTemplate: passwordResetMail,
    confirmEmailChangeTemplate: emailChangeMail,
    security: defaultSecurity,
  }
}

const greeting = '<p>Hello,</p>'
const signature = '<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>'

function body(...paragraphs: string[]): string {
  return [greeting, ...paragraphs, signature].join('\n')
}

function button(action: string, label: string): string {
  const link = `{APP_URL}/_/auth/${action}/{TOKEN}`
  return `<p>\n  <a class="btn" href="${link}" target="_blank" rel="noopener">${label}</a>\n</p>`
}

const verificationMail: MailTemplate = {
  subject: 'Verify your {APP_NAME} email',
  body: body(
    '<p>Welcome to {APP_NAME}. Please confirm that this address is yours.</p>',
    button('confirm-verification', 'Verify my email'),
    '<p><i>If you did not sign up, you can ignore this email.</i></p>',
  ),
}

const passwordResetMail: MailTemplate = {
  subject: 'Reset your {APP_NAME} password',
  body: body(
    '<p>We received a request to reset your password. Choose a new one here.</p>',
    button('confirm-password-reset', 'Choose a new password'),
    '<p><i>If you did not ask for it, you can ignore this email. Your password stays the same.</i></p>',
  ),
}

const emailChangeMail: MailTemplate = {
  subject: 'Confirm your {APP_NAME} new email address',
  body: body(
    '<p>Please confirm the new email address of your account.</p>',
    button('confirm-email-change', 'Confirm my new email'),
    '<p><i>If you did not ask for it, you can ignore this email. Your address stays the same.</i></p>',
  ),
}

const oneTimePasswordMail: MailTemplate = {
  subject: 'OTP for {APP_NAME}',
  body: body(
    '<p>Your one-time password is <strong>{OTP}</strong></p>',
    '<p><i>If you did not ask for it, you can ignore this email.</i></p>',
  ),
}

const loginAlertMail: MailTemplate = {
  subject: 'Login from a new location',
  body: body(
    '<p>Your {APP_NAME} account was just used from a new location:</p>',
    '<p><em>{ALERT_INFO}</em></p>',
    '<p><strong>If this was not you, change your password now. This ends all other sessions.</strong></p>',
    '<p>If this was you, you can ignore this email.</p>',
  ),
}
