import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { one, type Plan } from '#database/query.ts'
import { toText } from '#go-compat/casts.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AccountTarget, RateLimiter } from '#limits/rate-limits.ts'
import type { SubmittedBody } from './resolve-body.ts'

/** The old password submitted with a change of an account. */
export interface OldPasswordClaim {
  readonly collection: Collection
  /** The account's id, whether it exists or not. */
  readonly id: string
  readonly text: string
}

/** The outcome of comparing a submitted old password with the stored hash. */
export interface OldPasswordProof {
  readonly matches: boolean
  /**
   * The hash it was compared with, or empty. The write requires that it is still the stored one.
   */
  readonly hash: string
  /** Further statements of the write if the password was right. */
  readonly credit: readonly SQL[]
}

interface Ports {
  readonly passwords: PasswordHasher
  readonly rateLimiter: RateLimiter
}

/** The old password that a change requires; superusers need none. */
export function oldPasswordClaim(
  { caller }: PlanContext,
  collection: Collection,
  id: string,
  { data }: SubmittedBody,
): OldPasswordClaim | undefined {
  const text = toText(data['oldPassword'])
  const needsProof = collection.auth !== undefined && caller?.isSuperuser !== true
  return needsProof && text !== '' ? { collection, id, text } : undefined
}

/** Plans reading the hash to compare with, as an attempt at the account. */
export async function planStoredHash(
  rateLimiter: RateLimiter,
  context: PlanContext,
  claim: OldPasswordClaim,
): Promise<Plan<string | undefined>> {
  const hash = one(selectHash(claim), ([row]) => {
    const stored = row?.['hash']
    return typeof stored === 'string' ? stored : undefined
  })
  return await limitClaims(rateLimiter, context, [claim], hash)
}

/** The same attempt, at one or more accounts, before a plan of other reads. */
export async function limitClaims<T>(
  rateLimiter: RateLimiter,
  context: PlanContext,
  claims: readonly OldPasswordClaim[],
  plan: Plan<T>,
): Promise<Plan<T>> {
  let limited = plan
  for (const claim of claims) {
    const target = targetOf(claim)
    const attempt = { account: target.account, plan: limited }
    limited = await rateLimiter.attempt(context, target, () => attempt)
  }
  return limited
}

/** Longer passwords are never valid, and hashing megabytes would only keep the isolate busy. */
const maxLength = 255

/** Compares an old password with the stored hash. Takes as long if the account does not exist. */
export async function proveOldPassword(
  { passwords, rateLimiter }: Ports,
  context: PlanContext,
  claim: OldPasswordClaim,
  hash: string | undefined,
): Promise<OldPasswordProof> {
  const isPossible = claim.text.length <= maxLength
  const matches = await passwords.verify(
    isPossible ? hash : undefined,
    isPossible ? claim.text : '',
  )
  const credit = matches ? await rateLimiter.succeed(context, targetOf(claim)) : []
  return { matches, hash: hash ?? '', credit }
}

function targetOf({ collection, id }: OldPasswordClaim): AccountTarget {
  return { collection, tags: ['oldPassword', 'auth'], account: id }
}

function selectHash({ collection, id }: OldPasswordClaim): SQL {
  return sql`SELECT "password" AS "hash" FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
}
