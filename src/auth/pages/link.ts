import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { constant, map, type Plan } from '#database/query.ts'
import { accountClaims, type AccountTokenKind } from '#auth/account-mail/account-tokens.ts'
import { isAuthCollection } from '#auth/guards.ts'
import { selectHolder, type TokenHolder } from '#auth/token-holder.ts'

/** The data of a followed link. */
export interface Link {
  readonly appName: string
  /** The account of the link; undefined if the link is invalid or used. */
  readonly holder: TokenHolder | undefined
  readonly email: string
  readonly newEmail: string
  /** The minimum length of the account's password, in characters. */
  readonly minPasswordLength: number
}

/**
 * Reads the data of a link without changing anything, since programs that scan mails open links
 * too.
 *
 * Database: 1 batch.
 */
export async function readLink(
  { transactor }: { readonly transactor: Transactor },
  kind: AccountTokenKind,
  token: string,
): Promise<Link> {
  return await transactor.read((context) => planLink(context, kind, token))
}

function planLink(context: PlanContext, kind: AccountTokenKind, token: string): Plan<Link> {
  const { collectionId, email, newEmail } = accountClaims(token)
  const { appName } = context.catalog.settings.meta
  const collection = context.catalog.collections.find(collectionId)
  const blank = { appName, holder: undefined, email, newEmail, minPasswordLength: 1 }
  if (collection === undefined || !isAuthCollection(collection)) {
    return constant(blank)
  }
  const minPasswordLength = collection.field('password')?.minLength ?? 1
  return map(selectHolder(context, collection, kind, token), async (check) => ({
    ...blank,
    holder: (await check).holder,
    minPasswordLength,
  }))
}
