import { sql } from 'drizzle-orm'
import { accountClaims, holdsAccountToken } from '#auth/account-mail/account-tokens.ts'
import { isAuthCollection } from '#auth/guards.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, one, type Plan } from '#database/query.ts'

/** Plans the check that a file token belongs to a superuser at an allowed address. */
export function planDownload(context: PlanContext, token: string, ip: string): Plan<boolean> {
  const claims = accountClaims(token)
  const collection = context.catalog.collections.find(claims.collectionId)
  const isDenied =
    collection === undefined ||
    !isAuthCollection(collection) ||
    !isSuperusers(collection) ||
    addressDenial(context.catalog.settings, collection, ip) !== undefined
  if (isDenied) return constant(false)
  const statement = sql`SELECT "tokenKey" FROM ${sql.identifier(collection.name)} WHERE "id" = ${claims.id}`
  return one(statement, async ([row]) => {
    if (row === undefined) return false
    const account = { id: claims.id, tokenKey: String(row['tokenKey']) }
    return await holdsAccountToken(collection, 'file', account, token, context.now)
  })
}
