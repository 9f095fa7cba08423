import { sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { BatchFailure } from '#database/abort.ts'
import { constant, list } from '#database/query.ts'
import type { Upload } from '#http/body/upload.ts'
import { ApiError } from '#kernel/errors.ts'
import {
  readGuard,
  type RecordWrite,
  violatedFields,
  WriteBuilder,
  type WriteContext,
} from '#records/write/record-write.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { Proof } from '#auth/sign-in/complete-sign-in.ts'
import { planNewAccount } from './create-oauth2-account.ts'
import { authErrors } from '#auth/errors.ts'
import type { ExternalIdentity, FoundAccount, Lookup } from './find-oauth2-account.ts'
import { addFirstLink, addLinking, isAsFound } from './link-oauth2-account.ts'

/** A provider's user who signs in, and the result of the lookup. */
export interface IdentityClaim extends ExternalIdentity {
  readonly lookup: Lookup
  readonly createData: Readonly<Record<string, unknown>>
  readonly info: RequestInfo
  /** The user's avatar, if a new account needs it. */
  readonly avatar: Upload | undefined
}

/** The index of the account's own statements in the plan of a new account. */
const linkPosition = 1

/**
 * Proves that the found account is the user's, or that a new one may be created. If the account has
 * changed since the lookup, or another request has created it, the proof is invalid and the error
 * is `oauth2Overtaken`.
 *
 * @throws {ApiError} `authenticationFailed`, and as the creation of a record
 */
export async function proveIdentity(
  context: WriteContext,
  collection: AuthCollection,
  claim: IdentityClaim,
): Promise<Proof> {
  const { account } = claim.lookup
  return account === undefined
    ? await proveNew(context, collection, claim)
    : await proveFound(context, collection, claim, account)
}

async function proveFound(
  context: WriteContext,
  collection: AuthCollection,
  claim: IdentityClaim,
  account: FoundAccount,
): Promise<Proof> {
  const plan = new WriteBuilder(linkPosition)
  await addLinking(plan, context, collection, account, claim)
  const write = plan.finish(authErrors.authenticationFailed, 204, constant(undefined))
  return {
    collection,
    recordId: account.id,
    method: 'oauth2',
    holds: isAsFound(context, collection, account, claim),
    refusal: authErrors.oauth2Overtaken,
    effects: write,
    errorFor: (failure) => refusalOf(collection, failure, [write]),
    addressee: claim.lookup.addressee,
  }
}

async function proveNew(
  context: WriteContext,
  collection: AuthCollection,
  claim: IdentityClaim,
): Promise<Proof> {
  // Only superusers create superusers.
  if (isSuperusers(collection)) throw new ApiError(authErrors.authenticationFailed)

  const { isUsernameTaken } = claim.lookup
  const create = await planNewAccount(context, { ...claim, collection, isUsernameTaken })
  const plan = new WriteBuilder(linkPosition)
  addFirstLink(plan, context, collection, create.id, claim)
  const link = plan.finish(authErrors.authenticationFailed, 204, constant(undefined))
  return {
    collection,
    recordId: create.id,
    method: 'oauth2',
    holds: sql`TRUE`,
    refusal: authErrors.oauth2Overtaken,
    effects: list([create, link]),
    files: create.files,
    errorFor: (failure) =>
      isMadeMeanwhile(collection, failure, claim)
        ? new ApiError(authErrors.oauth2Overtaken)
        : refusalOf(collection, failure, [create, link]),
    addressee: undefined,
  }
}

/** True if the account to create exists by now. The lookup did not find the address. */
function isMadeMeanwhile(
  collection: AuthCollection,
  failure: BatchFailure,
  { createData, user }: IdentityClaim,
): boolean {
  const isProviders = (createData['email'] || user.email) === user.email
  return isProviders && violatedFields(collection, failure)?.includes('email') === true
}

/** The error for a failure of one of the writes. */
function refusalOf(
  collection: AuthCollection,
  failure: BatchFailure,
  writes: readonly RecordWrite[],
): ApiError {
  const guard = readGuard(failure)
  const guarded = guard?.position === linkPosition ? writes.at(-1) : writes[0]
  if (guard !== undefined && guarded !== undefined) return guarded.errorAt(guard.stage, guard.codes)

  const fields = violatedFields(collection, failure)
  const unique = fields && writes[0]?.notUnique(fields)
  if (unique !== undefined) return unique
  // An account has at most one user of each provider. Another link was created meanwhile.
  const isSecondLink = failure.kind === 'notUnique' && failure.columns.includes('recordRef')
  const second = isSecondLink ? writes.at(-1)?.notUnique(failure.columns) : undefined
  return second ?? new ApiError(authErrors.oauth2Overtaken)
}
