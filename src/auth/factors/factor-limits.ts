import { type SQL, sql } from 'drizzle-orm'
import type { FactorOwner } from '#database/second-factors.ts'
import { codeCapacity } from '#limits/account-limits.ts'
import { emptyBucket } from '#limits/failures.ts'

/**
 * The key of the bucket that counts wrong codes of an account; NULL if the account is. Only a client
 * that knows the first factor fills it, so it is not shared with other secrets.
 */
export function factorBucket({ collection, recordId }: FactorOwner): SQL {
  return sql`${`factor:${collection.id}:`} || ${recordId}`
}

/** The statement that empties the bucket after a right code. */
export function forgetTries(owner: FactorOwner): SQL {
  return emptyBucket({ key: sql`(${factorBucket(owner)})`, capacity: codeCapacity.anywhere })
}
