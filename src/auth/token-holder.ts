/*
 * The account of a mailed token. One batch reads the account it claims, and only then its signature
 * can be verified. A second batch makes the change, on condition that the account's token key, and
 * so the token, is still valid. Of two requests with the same token, one changes the key.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, one, type Plan, type Query } from '#database/query.ts'
import type { Row } from '#database/batch.ts'
import {
  ApiError,
  commonErrors,
  type ErrorSpec,
  type FieldIssue,
  required,
} from '#kernel/errors.ts'
import type { Passwords } from '#platform/passwords.ts'
import { type AccountChange, addAccountChange } from '#records/write/change-account.ts'
import { planWrite, WriteBuilder } from '#records/write/record-write.ts'
import {
  accountClaims,
  type AccountTokenKind,
  holdsAccountToken,
} from '#auth/account-mail/account-tokens.ts'
import type { AuthCollection } from './auth-token.ts'
import { isAuthCollection } from './guards.ts'

/** The account of a token. */
export interface TokenHolder {
  readonly id: string
  readonly tokenKey: string
  readonly email: string
  readonly isVerified: boolean
  readonly passwordHash: string
}

/** The result of checking a token: its account, or the issue. */
export type TokenCheck =
  | { readonly holder: TokenHolder; readonly issue?: undefined }
  | { readonly holder?: undefined; readonly issue: FieldIssue }

const invalidToken: FieldIssue = {
  code: 'validation_invalid_token',
  message: 'Invalid or expired token.',
}
const otherCollection: FieldIssue = {
  code: 'validation_token_collection_mismatch',
  message: 'The provided token is for different auth collection.',
}

/** Reads the account that a token claims, and verifies the token against its row. */
export function selectHolder(
  { catalog, now }: PlanContext,
  collection: AuthCollection,
  kind: AccountTokenKind,
  token: string,
): Query<Promise<TokenCheck>> {
  const claims = accountClaims(token)
  const claimed = catalog.collections.find(claims.collectionId)
  if (claimed === undefined || !isAuthCollection(claimed)) {
    const issue = token === '' ? required : invalidToken
    return one(sql`SELECT NULL WHERE FALSE`, async () => ({ issue }))
  }
  const statement = sql`SELECT "id", "tokenKey", "email", "verified", "password"
    FROM ${sql.identifier(claimed.name)} WHERE "id" = ${claims.id}`
  return one(statement, async (rows) => {
    const holder = holderOf(rows)
    const holds =
      holder !== undefined && (await holdsAccountToken(claimed, kind, holder, token, now))
    if (!holds) return { issue: invalidToken }
    return claimed.id === collection.id ? { holder } : { issue: otherCollection }
  })
}

function holderOf([row]: readonly Row[]): TokenHolder | undefined {
  if (row === undefined) return undefined
  return {
    id: String(row['id']),
    tokenKey: String(row['tokenKey']),
    email: String(row['email']),
    isVerified: row['verified'] === 1,
    passwordHash: String(row['password']),
  }
}

/**
 * The holder of a token that passed its check together with the rest of the form.
 *
 * @throws {ApiError} `validationFailed`
 */
export function requireHolder(
  check: TokenCheck,
  others: Readonly<Record<string, FieldIssue | undefined>> = {},
): TokenHolder {
  const found = { ...others, token: check.issue }
  const issues = Object.fromEntries(
    Object.entries(found).flatMap(([name, issue]) => (issue === undefined ? [] : [[name, issue]])),
  )
  if (check.holder === undefined || Object.keys(issues).length > 0) {
    throw new ApiError(commonErrors.validationFailed, { issues })
  }
  return check.holder
}

/** The change that a token authorises. */
export interface HolderChange extends Omit<AccountChange, 'collection' | 'id'> {
  readonly collection: AuthCollection
  readonly holder: TokenHolder
  /** The error if the values violate the rules of their fields. */
  readonly refusal: ErrorSpec
  /** Further statements of the same batch. */
  readonly also: readonly SQL[]
}

/**
 * Plans the change of an account that a token authorises. All of the account's sessions end with
 * its token key, including the sender's.
 */
export async function planHolderChange(
  context: PlanContext,
  passwords: Passwords,
  { collection, holder, refusal, also, ...change }: HolderChange,
): Promise<Plan<unknown>> {
  const { id, tokenKey } = holder
  const plan = new WriteBuilder(0)
  const stands = sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)}
    WHERE "id" = ${id} AND "tokenKey" = ${tokenKey})`
  const isGone = { field: 'token', issue: invalidToken, when: sql`NOT ${stands}` }
  plan.check('token', [isGone], commonErrors.validationFailed)
  const serverScope = { ...context, caller: undefined, passwords }
  await addAccountChange(plan, serverScope, { ...change, collection, id }, refusal)
  plan.add(...also)
  return planWrite(collection, plan.finish(refusal, 204, constant(undefined)))
}
