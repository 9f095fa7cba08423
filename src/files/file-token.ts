import { accountTokenExpiry, signAccountToken } from '#auth/account-mail/account-tokens.ts'
import { requireAuth, requireCaller } from '#auth/guards.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { one, type Plan } from '#database/query.ts'
import { sql } from 'drizzle-orm'
import { ApiError, commonErrors } from '#kernel/errors.ts'

/**
 * Plans a token that gives its bearer access to the caller's protected files for some minutes. It
 * is part of a URL, so it is valid for nothing else.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `recordTokenRequired`
 */
export function planFileToken(context: PlanContext): Plan<string> {
  const caller = requireCaller(context)
  const collection = requireAuth(context.catalog.collections.find(caller.collectionId))
  const id = caller.recordId
  const statement = sql`SELECT "tokenKey" FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
  return one(statement, async ([row]) => {
    if (row === undefined) throw new ApiError(commonErrors.recordTokenRequired)
    const account = { id, tokenKey: String(row['tokenKey']) }
    const expiresAt = accountTokenExpiry(collection, 'file', context.now)
    return await signAccountToken(collection, { kind: 'file', account, expiresAt })
  })
}
