/*
 * The tokens in mailed links, and those that open files. They have PocketBase's claims, so that a
 * link mailed before an import still works. Each is signed with the account's token key followed by
 * the collection's secret for its kind. So a token becomes invalid with a new password, a new
 * address or a deleted account, is useless at another endpoint, and can only be verified with the
 * account's row.
 */
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose'
import type { AuthOptions } from '#catalog/definition.ts'
import { toText } from '#go-compat/casts.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** The options with the lifetime and secret of each kind of token. */
const optionsOf = {
  verification: 'verificationToken',
  passwordReset: 'passwordResetToken',
  emailChange: 'emailChangeToken',
  file: 'fileToken',
} as const satisfies Readonly<Record<string, keyof AuthOptions>>

/** The purpose of a token. */
export type AccountTokenKind = keyof typeof optionsOf

/** The account of a token, as its row is now. */
export interface TokenAccount {
  readonly id: string
  readonly tokenKey: string
}

/** The unverified claims of a token. Missing ones are empty. */
export interface AccountClaims {
  readonly id: string
  readonly collectionId: string
  readonly type: string
  /** The address that the mail with the token went to or was about. */
  readonly email: string
  /** The new address of the account. */
  readonly newEmail: string
}

/** The data of a token to sign. */
export interface NewAccountToken {
  readonly kind: AccountTokenKind
  readonly account: TokenAccount
  readonly email?: string
  readonly newEmail?: string
  readonly expiresAt: Date
}

const algorithm = 'HS256'

/** The expiry of a token of a kind that is signed now. */
export function accountTokenExpiry(
  { auth }: AuthCollection,
  kind: AccountTokenKind,
  now: Date,
): Date {
  return new Date(now.getTime() + auth[optionsOf[kind]].duration * 1000)
}

/** Signs a token. */
export async function signAccountToken(
  collection: AuthCollection,
  { kind, account, email, newEmail, expiresAt }: NewAccountToken,
): Promise<string> {
  const claims = {
    collectionId: collection.id,
    ...(email === undefined ? {} : { email }),
    exp: unixSeconds(expiresAt),
    id: account.id,
    ...(newEmail === undefined ? {} : { newEmail }),
    type: kind,
  }
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .sign(keyOf(collection, kind, account))
}

/** Reads the claims of a token. Do not trust them before `holdsAccountToken`. */
export function accountClaims(token: string): AccountClaims {
  const claims = decoded(token)
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '')
  return {
    id: text('id'),
    collectionId: text('collectionId'),
    type: text('type'),
    email: toText(claims['email']),
    newEmail: text('newEmail'),
  }
}

/**
 * Resolves to true if a token has this kind and account, has not expired, and was signed with the
 * account's current token key.
 */
export async function holdsAccountToken(
  collection: AuthCollection,
  kind: AccountTokenKind,
  account: TokenAccount,
  token: string,
  now: Date,
): Promise<boolean> {
  // Decoders ignore two bits of a signature's last character.
  if (!canonicalSignature.test(token)) return false
  try {
    const { payload } = await jwtVerify(token, keyOf(collection, kind, account), {
      algorithms: [algorithm],
      requiredClaims: ['exp'],
      currentDate: now,
    })
    const { id, collectionId, type } = payload
    return id === account.id && collectionId === collection.id && type === kind
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

const canonicalSignature = /\.[\w-]{42}[AEIMQUYcgkosw048]$/

function keyOf(
  { auth }: AuthCollection,
  kind: AccountTokenKind,
  { tokenKey }: TokenAccount,
): Uint8Array {
  return new TextEncoder().encode(tokenKey + auth[optionsOf[kind]].secret)
}

function decoded(token: string): Record<string, unknown> {
  try {
    return decodeJwt(token)
  } catch (error) {
    if (error instanceof errors.JOSEError) return {}
    throw error
  }
}
