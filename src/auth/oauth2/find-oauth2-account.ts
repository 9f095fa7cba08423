import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, one, type Plan } from '#database/query.ts'
import { uniqueColumn } from '#collections/complete-definition.ts'
import type { Row } from '#database/batch.ts'
import type { RequestFacts } from '#records/request-info.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import type { ProviderUser } from '#auth/oauth2/providers/provider-user.ts'
import { idByIdentity } from '#auth/store.ts'

/** A user whom a provider vouches for. */
export interface ExternalIdentity {
  /** The provider's name. */
  readonly provider: string
  readonly user: ProviderUser
}

/** The account that a provider's user signs in to, as it was when it was looked for. */
export interface FoundAccount {
  readonly id: string
  readonly email: string
  readonly verified: boolean
  readonly tokenKey: string
  /** Whether the account is known by this very user of the provider. */
  readonly isLinked: boolean
  /** Whether it is the account of who calls. */
  readonly isCallers: boolean
}

/** What there is for a provider's user. */
export interface Lookup {
  readonly account: FoundAccount | undefined
  /** Whether somebody else has the user name already that a new account would be given. */
  readonly isUsernameTaken: boolean
  /** The account as mails about it need it; undefined unless sign-ins are told to it. */
  readonly addressee: Recipient | undefined
}

/**
 * Plans the search for the account of a provider's user: the linked one, else the caller's own, else
 * the one with the same address. The address counts only because the provider vouches for it.
 *
 * Database: 1 batch.
 */
export function planFindAccount(
  scope: PlanContext,
  collection: AuthCollection,
  { provider, user }: ExternalIdentity,
  facts: RequestFacts,
): Plan<Lookup> {
  const { caller } = scope
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
    addressee: isAlerted ? selectRecipient(scope, facts, collection, id) : constant(undefined),
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

/** Whether the mapped field is one in which a name may stand but once, and this one does. */
function usernameTaken(collection: AuthCollection, username: string): SQL {
  const field = collection.field(collection.auth.oauth2.mappedFields.username)
  if (field === undefined || username === '') return sql`FALSE`
  const unique = collection.definition.indexes.map(uniqueColumn)
  if (!unique.includes(field.name.toLowerCase())) return sql`FALSE`
  return sql`${idByIdentity(collection, [field.name], username)} IS NOT NULL`
}
