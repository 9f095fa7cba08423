import { type SQL, sql } from 'drizzle-orm'
import { removeFactors } from '#database/second-factors.ts'
import { formatDate } from '#kernel/dates.ts'
import { required } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { addAccountChange } from '#records/write/change-account.ts'
import type { WriteBuilder, WriteContext } from '#records/write/record-write.ts'
import { demandOf } from '#records/step-up.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import type { ExternalIdentity, FoundAccount } from './find-oauth2-account.ts'

/** True inside the batch if an account is unchanged since it was found. */
export function isAsFound(
  { caller }: WriteContext,
  { id: collectionId, name }: AuthCollection,
  account: FoundAccount,
  { provider, user }: ExternalIdentity,
): SQL {
  const isCallers = caller?.recordId === account.id && caller.collectionId === collectionId
  if (isCallers !== account.isCallers) return sql`FALSE`
  const link = sql`EXISTS (SELECT 1 FROM "_externalAuths" WHERE "collectionRef" = ${collectionId}
    AND "recordRef" = ${account.id} AND "provider" = ${provider} AND "providerId" = ${user.id})`
  return sql`(EXISTS (SELECT 1 FROM ${sql.identifier(name)} WHERE "id" = ${account.id}
    AND "tokenKey" = ${account.tokenKey} AND "email" = ${account.email}
    AND "verified" = ${Number(account.verified)}) AND ${link} = ${Number(account.isLinked)})`
}

/**
 * Plans linking an existing account to a provider's user.
 *
 * Stops the pre-hijacking attack, in which an attacker registers with a victim's address and waits
 * until the victim signs in with a provider. The creator of an account with an unverified address
 * loses access: the account gets a random password, which ends all its sessions, and its links are
 * removed, and so are its second factors. Only a caller who is signed in to the account keeps the password.
 */
export async function addLinking(
  plan: WriteBuilder,
  context: WriteContext,
  collection: AuthCollection,
  account: FoundAccount,
  identity: ExternalIdentity,
): Promise<void> {
  const { id } = account
  if (account.isCallers && !account.isLinked) plan.requireRecentProof(demandOf(context, 'link'))
  const values = provenValues(account, identity)
  const randomizesPassword = !account.verified && !account.isCallers
  if (randomizesPassword || Object.keys(values).length > 0) {
    const change = { collection, id, values, randomizesPassword }
    await addAccountChange(plan, context, change, authErrors.authenticationFailed)
  }
  if (randomizesPassword) plan.add(...removeFactors({ collection, recordId: id }))
  if (!account.verified) {
    plan.add(sql`DELETE FROM "_externalAuths"
      WHERE "collectionRef" = ${collection.id} AND "recordRef" = ${id}`)
  }
  if (!account.verified || !account.isLinked) addLink(plan, context, collection, id, identity)
}

/**
 * Plans the first link of an account created for a provider's user. Their common address is
 * verified.
 */
export function addFirstLink(
  plan: WriteBuilder,
  context: WriteContext,
  collection: AuthCollection,
  recordId: string,
  identity: ExternalIdentity,
): void {
  plan.add(sql`UPDATE ${sql.identifier(collection.name)} SET "verified" = 1
    WHERE "id" = ${recordId} AND "email" = ${identity.user.email}`)
  addLink(plan, context, collection, recordId, identity)
}

function addLink(
  plan: WriteBuilder,
  { now }: WriteContext,
  collection: AuthCollection,
  recordId: string,
  { provider, user }: ExternalIdentity,
): void {
  const issues =
    user.id === '' ? [{ field: 'providerId', issue: required, when: 'always' as const }] : []
  plan.check('link', issues, authErrors.authenticationFailed)
  const moment = formatDate(now)
  plan.add(sql`INSERT INTO "_externalAuths"
      ("id", "collectionRef", "recordRef", "provider", "providerId", "created", "updated")
    VALUES (${newId()}, ${collection.id}, ${recordId}, ${provider}, ${user.id}, ${moment}, ${moment})`)
}

/**
 * The changes from the provider's data: a missing address is set, the same one becomes verified.
 */
function provenValues(
  { email, verified }: FoundAccount,
  { user }: ExternalIdentity,
): { readonly email?: string; readonly verified?: boolean } {
  const isSame = email === '' || email === user.email
  return {
    ...(email === '' && user.email !== '' ? { email: user.email } : {}),
    ...(!verified && isSame ? { verified: true } : {}),
  }
}
