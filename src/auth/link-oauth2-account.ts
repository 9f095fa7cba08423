import { type SQL, sql } from 'drizzle-orm'
import type { Scope } from '#collections/transact.ts'
import { abortUnless } from '#database/abort.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId, randomString } from '#kernel/random.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import {
  type AccountConsequences,
  afterAccountChange,
  beforeAccountChange,
  nextTokenKey,
} from '#records/account-rules.ts'
import { columnOf } from '#records/identifiers.ts'
import type { AuthCollection } from './auth-token.ts'
import type { ExternalIdentity, FoundAccount } from './find-oauth2-account.ts'

const tokenKeyLength = 50
/** Of a password that nobody ever learns. */
const randomPasswordLength = 30

/** The abort message of an account that is not any more what it was found as. */
export const accountChanged = 'arete:oauth2-account-changed'

/**
 * The statements that open an existing account to a provider's user.
 *
 * They stop the pre-hijacking attack: somebody registers with a victim's address and waits until the
 * victim signs in with a provider. Whoever made an account whose address was never proven loses it
 * here: it gets a password nobody knows, which ends all its sessions, and its links are dropped. Only
 * who is signed in to the account at this moment keeps the password.
 *
 * They abort with `accountChanged` when the account is not as it was found.
 */
export async function linkAccount(
  scope: Scope,
  passwords: PasswordHasher,
  collection: AuthCollection,
  account: FoundAccount,
  identity: ExternalIdentity,
): Promise<SQL[]> {
  const { id } = account
  const isOwn = scope.caller?.recordId === id && scope.caller.collectionId === collection.id
  const proven = provenBy(account, identity)
  const change: AccountConsequences = {
    collection,
    id,
    tokenKey: randomString(tokenKeyLength),
    setsTokenKey: false,
    changesPassword: !account.verified && !isOwn,
    email: proven.email,
    verified: proven.verified,
    caller: isOwn ? scope.caller : undefined,
  }
  const isChanged =
    change.changesPassword || change.email !== undefined || change.verified !== undefined
  return [
    abortUnless(isAsFound(collection, account, identity, isOwn), accountChanged),
    ...beforeAccountChange(change),
    ...(account.verified ? [] : [dropLinks(collection, id)]),
    ...(isChanged ? [await updateAccount(scope, passwords, change)] : []),
    ...afterAccountChange(change),
    ...(account.verified && account.isLinked ? [] : [insertLink(scope, collection, id, identity)]),
  ]
}

/** The statement that links an account to a provider's user. */
export function insertLink(
  { now }: Scope,
  collection: AuthCollection,
  recordId: string,
  { provider, user }: ExternalIdentity,
): SQL {
  const moment = formatDate(now)
  return sql`INSERT INTO "_externalAuths" ("id", "collectionRef", "recordRef", "provider", "providerId", "created", "updated")
    VALUES (${newId()}, ${collection.id}, ${recordId}, ${provider}, ${user.id}, ${moment}, ${moment})`
}

/** The statement that takes a new account's address as proven if it is the one the provider vouches for. */
export function verifyIfSame(
  collection: AuthCollection,
  recordId: string,
  { user }: ExternalIdentity,
): SQL {
  return sql`UPDATE ${sql.identifier(collection.name)} SET "verified" = 1
    WHERE "id" = ${recordId} AND "email" = ${user.email}`
}

/** A password that nobody knows, for an account that is not meant to have one. */
export function randomPassword(): string {
  return randomString(randomPasswordLength)
}

/** What the provider's word changes: a missing address is filled in, the same one becomes proven. */
function provenBy(
  account: FoundAccount,
  { user }: ExternalIdentity,
): Pick<AccountConsequences, 'email' | 'verified'> {
  const isSame = account.email === '' || account.email === user.email
  return {
    email: account.email === '' && user.email !== '' ? user.email : undefined,
    verified: !account.verified && isSame ? true : undefined,
  }
}

function isAsFound(
  { id: collectionId, name }: AuthCollection,
  account: FoundAccount,
  { provider, user }: ExternalIdentity,
  isOwn: boolean,
): SQL {
  if (isOwn !== account.isCallers) return sql`FALSE`
  const link = sql`EXISTS (SELECT 1 FROM "_externalAuths" WHERE "collectionRef" = ${collectionId}
    AND "recordRef" = ${account.id} AND "provider" = ${provider} AND "providerId" = ${user.id})`
  return sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)} WHERE "id" = ${account.id}
    AND "tokenKey" = ${account.tokenKey} AND "email" = ${account.email}
    AND "verified" = ${Number(account.verified)}) AND ${link} = ${Number(account.isLinked)}`
}

function dropLinks(collection: AuthCollection, id: string): SQL {
  return sql`DELETE FROM "_externalAuths" WHERE "collectionRef" = ${collection.id} AND "recordRef" = ${id}`
}

async function updateAccount(
  { now }: Scope,
  passwords: PasswordHasher,
  change: AccountConsequences,
): Promise<SQL> {
  const { collection, id, changesPassword, email, verified } = change
  const hash = changesPassword ? await passwords.hash(randomPassword()) : undefined
  const moments = collection.fields.flatMap((field) => {
    const stored = { sql: columnOf(collection.name, field.name) }
    const value = field.acceptsInput ? undefined : field.fill('update', stored, now)
    return value === undefined
      ? []
      : [sql`${sql.identifier(field.name)} = ${field.toColumn(value)}`]
  })
  const assignments = [
    sql`"tokenKey" = ${nextTokenKey(change)}`,
    ...(hash === undefined ? [] : [sql`"password" = ${hash}`]),
    ...(email === undefined ? [] : [sql`"email" = ${email}`]),
    ...(verified === undefined ? [] : [sql`"verified" = 1`]),
    ...moments,
  ]
  return sql`UPDATE ${sql.identifier(collection.name)} SET ${sql.join(assignments, sql`, `)} WHERE "id" = ${id}`
}
