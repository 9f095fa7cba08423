import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, one, type Plan } from '#database/query.ts'
import { uniqueColumn } from '#collections/complete-definition.ts'
import type { Row } from '#database/batch.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import type { ProviderUser } from '#auth/oauth2/providers/provider-user.ts'
import { idByIdentity } from '#auth/store.ts'

/** A user verified by a provider. */
export interface ExternalIdentity {
  /** The provider's name. */
  readonly provider: string
  readonly user: ProviderUser
}

/** The account of a provider's user, as it was found. */
export interface FoundAccount {
  readonly id: string
  readonly email: string
  readonly verified: boolean
  readonly tokenKey: string
  /** True if the account is linked to this user of the provider. */
  readonly isLinked: boolean
  /** True if it is the caller's account. */
  readonly isCallers: boolean
}

/** The result of the lookup for a provider's user. */
export interface Lookup {
  readonly account: FoundAccount | undefined
  /** True if another account already has the username for a new account. */
  readonly isUsernameTaken: boolean
  /** The account with the data for its mails; undefined unless alerts are enabled. */
  readonly addressee: Recipient | undefined
}

/**
 * Plans finding the account of a provider's user: the linked one, else the caller's own, else the
 * one with the same address. The address is only used because the provider has verified it.
 *
 * Database: 1 batch.
 */
export function planFindAccount(
  context: PlanContext,
  collection: AuthCollection,
  { provider, user }: ExternalIdentity,
  info: RequestInfo,
): Plan<Lookup> {
  const { caller } = context
  const table = sql.identifier(collection.name)
  const ownId = caller?.collectionId === collection.id ? caller.recordId : null
  const linked = sql`(SELECT "recordRef" FROM "_externalAuths" WHERE "collectionRef" = ${collection.id}
    AND "provider" = ${provider} AND "providerId" = ${user.id} AND "providerId" != '')`
  const byEmail = user.email === '' ? sql`NULL` : idByIdentity(collection, ['email'], user.email)
  const id = sql`coalesce(${linked}, ${ownId}, ${byEmail})`
  const isAlerted = collection.auth.authAlert.enabled
  const account = sql`SELECT "id", "email", "verified", "tokenKey", "id" IS ${linked} AS "isLinked"
    FROM ${table} WHERE "id" = ${id}`
  const isTaken = sql`SELECT ${usernameTaken(collection, user.username)} AS "isTaken"`
  return all({
    account: one(account, ([row]) => accountOf(row, ownId)),
    isUsernameTaken: one(isTaken, ([row]) => row?.['isTaken'] === 1),
    addressee: isAlerted ? selectRecipient(context, info, collection, id) : constant(undefined),
  })
}

function accountOf(row: Row | undefined, ownId: string | null): FoundAccount | undefined {
  return (
    row && {
      id: String(row['id']),
      email: String(row['email']),
      verified: row['verified'] === 1,
      tokenKey: String(row['tokenKey']),
      isLinked: row['isLinked'] === 1,
      isCallers: row['id'] === ownId,
    }
  )
}

/** True if the mapped field has a unique index and the username is taken. */
function usernameTaken(collection: AuthCollection, username: string): SQL {
  const field = collection.field(collection.auth.oauth2.mappedFields.username)
  if (field === undefined || username === '') return sql`FALSE`
  const unique = collection.definition.indexes.map(uniqueColumn)
  if (!unique.includes(field.name.toLowerCase())) return sql`FALSE`
  return sql`${idByIdentity(collection, [field.name], username)} IS NOT NULL`
}
