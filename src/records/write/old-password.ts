import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { one, type Plan } from '#database/query.ts'
import { toText } from '#go-compat/casts.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AccountTarget, RateLimiter } from '#limits/rate-limits.ts'
import type { SubmittedBody } from './resolve-body.ts'

/** A password that a change of an account claims to know. */
export interface OldPasswordClaim {
  readonly collection: Collection
  /** The account's id, whether there is such an account or not. */
  readonly id: string
  readonly text: string
}

/** The outcome of comparing a submitted old password with the stored hash. */
export interface OldPasswordProof {
  readonly matches: boolean
  /** The hash it was compared with, empty without one; the write holds only while it is the stored one. */
  readonly hash: string
  /** What the write does besides when the password was right. */
  readonly credit: readonly SQL[]
}

interface Ports {
  readonly passwords: PasswordHasher
  readonly rateLimiter: RateLimiter
}

/** What a change claims to know of the account it is about; superusers need no proof. */
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

/** Plans the reading of the hash that a claim is compared with, as an attempt at the account. */
export async function planStoredHash(
  rateLimiter: RateLimiter,
  scope: PlanContext,
  claim: OldPasswordClaim,
): Promise<Plan<string | undefined>> {
  const hash = one(selectHash(claim), ([row]) => {
    const stored = row?.['hash']
    return typeof stored === 'string' ? stored : undefined
  })
  return await limitClaims(rateLimiter, scope, [claim], hash)
}

/** The same attempt, at one or more accounts, in front of a plan of other reads. */
export async function limitClaims<T>(
  rateLimiter: RateLimiter,
  scope: PlanContext,
  claims: readonly OldPasswordClaim[],
  plan: Plan<T>,
): Promise<Plan<T>> {
  let limited = plan
  for (const claim of claims) {
    const target = targetOf(claim)
    const attempt = { account: target.account, plan: limited }
    limited = await rateLimiter.attempt(scope, target, () => attempt)
  }
  return limited
}

/** No longer password signs anybody in; hashing one of megabytes would only keep the isolate busy. */
const maxLength = 255

/** Compares a claim with the stored hash. Takes as long for an account that is not there. */
export async function proveOldPassword(
  { passwords, rateLimiter }: Ports,
  scope: PlanContext,
  claim: OldPasswordClaim,
  hash: string | undefined,
): Promise<OldPasswordProof> {
  const isPossible = claim.text.length <= maxLength
  const matches = await passwords.verify(
    isPossible ? hash : undefined,
    isPossible ? claim.text : '',
  )
  const credit = matches ? await rateLimiter.succeed(scope, targetOf(claim)) : []
  return { matches, hash: hash ?? '', credit }
}

function targetOf({ collection, id }: OldPasswordClaim): AccountTarget {
  return { collection, tags: ['oldPassword', 'auth'], account: id }
}

function selectHash({ collection, id }: OldPasswordClaim): SQL {
  return sql`SELECT "password" AS "hash" FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
}
