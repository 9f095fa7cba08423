/*
 * The tokens that are mailed to accounts, and those that open files: PocketBase's, claim for claim,
 * so that a link mailed before a move still works after it. The key is the account's token key
 * followed by the collection's secret of the kind. So a token dies with a new password, a new
 * address and the account itself, is of no use at another endpoint, and only who has read the
 * account's row can tell whether it holds.
 */
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose'
import type { AuthOptions } from '#catalog/definition.ts'
import { toText } from '#go-compat/casts.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** What each kind of token has its lifetime and secret from. */
const optionsOf = {
  verification: 'verificationToken',
  passwordReset: 'passwordResetToken',
  emailChange: 'emailChangeToken',
  file: 'fileToken',
} as const satisfies Readonly<Record<string, keyof AuthOptions>>

/** What a token is good for. */
export type AccountTokenKind = keyof typeof optionsOf

/** The account a token speaks for, as its row is now. */
export interface TokenAccount {
  readonly id: string
  readonly tokenKey: string
}

/** What a token says, believed or not; a claim that it lacks is an empty text. */
export interface AccountClaims {
  readonly id: string
  readonly collectionId: string
  readonly type: string
  /** The address that the mail with the token was about. */
  readonly email: string
  /** The address that the account is to have. */
  readonly newEmail: string
}

/** A token to make. */
export interface NewAccountToken {
  readonly kind: AccountTokenKind
  readonly account: TokenAccount
  readonly email?: string
  readonly newEmail?: string
  readonly expiresAt: Date
}

const algorithm = 'HS256'

/** When a token of a kind that is made now expires. */
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

/** What any text claims as a token; nothing to rely on before `holdsAccountToken`. */
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
 * Whether a token is of this kind and account, has not expired, and is, to the last bit, one that
 * was signed with the account's present token key.
 */
export async function holdsAccountToken(
  collection: AuthCollection,
  kind: AccountTokenKind,
  account: TokenAccount,
  token: string,
  now: Date,
): Promise<boolean> {
  // A signature's last character has two bits that no decoder looks at.
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
