import { sql } from 'drizzle-orm'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { BatchFailure } from '#database/abort.ts'
import { constant, list } from '#database/query.ts'
import type { Upload } from '#http/upload.ts'
import { ApiError } from '#kernel/errors.ts'
import {
  readGuard,
  type RecordWrite,
  violatedFields,
  WriteBuilder,
  type WriteScope,
} from '#records/write/record-write.ts'
import type { RequestFacts } from '#records/request-info.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { Proof } from '#auth/sign-in/complete-sign-in.ts'
import { planNewAccount } from './create-oauth2-account.ts'
import { authErrors } from '#auth/errors.ts'
import type { ExternalIdentity, FoundAccount, Lookup } from './find-oauth2-account.ts'
import { addFirstLink, addLinking, isAsFound } from './link-oauth2-account.ts'

/** A provider's user who wants in, and what there was for it a moment ago. */
export interface IdentityClaim extends ExternalIdentity {
  readonly lookup: Lookup
  readonly createData: Readonly<Record<string, unknown>>
  readonly facts: RequestFacts
  /** The user's picture, if an account is to be made that wants it. */
  readonly avatar: Upload | undefined
}

/** The place of the statements about the account itself among those of a new one. */
const linkPosition = 1

/**
 * What a provider's word for a user proves: that the account found for it is the user's, or that one
 * may be made. When the account has changed since it was looked for, or somebody else was faster to
 * make it, the proof does not hold, and `oauth2Overtaken` says so.
 *
 * @throws {ApiError} `authenticationFailed`, and as the creation of a record
 */
export async function proveIdentity(
  scope: WriteScope,
  collection: AuthCollection,
  claim: IdentityClaim,
): Promise<Proof> {
  const { account } = claim.lookup
  return account === undefined
    ? await proveNew(scope, collection, claim)
    : await proveFound(scope, collection, claim, account)
}

async function proveFound(
  scope: WriteScope,
  collection: AuthCollection,
  claim: IdentityClaim,
  account: FoundAccount,
): Promise<Proof> {
  const plan = new WriteBuilder(linkPosition)
  await addLinking(plan, scope, collection, account, claim)
  const write = plan.finish(authErrors.authenticationFailed, 204, constant(undefined))
  return {
    collection,
    recordId: account.id,
    method: 'oauth2',
    holds: isAsFound(scope, collection, account, claim),
    refusal: authErrors.oauth2Overtaken,
    effects: write,
    errorFor: (failure) => refusalOf(collection, failure, [write]),
    addressee: claim.lookup.addressee,
  }
}

async function proveNew(
  scope: WriteScope,
  collection: AuthCollection,
  claim: IdentityClaim,
): Promise<Proof> {
  // Superusers are made by superusers, whatever a provider says.
  if (isSuperusers(collection)) throw new ApiError(authErrors.authenticationFailed)

  const { isUsernameTaken } = claim.lookup
  const create = await planNewAccount(scope, { ...claim, collection, isUsernameTaken })
  const plan = new WriteBuilder(linkPosition)
  addFirstLink(plan, scope, collection, create.id, claim)
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

/** Whether the account that is to be made is there by now: nobody had this address a moment ago. */
function isMadeMeanwhile(
  collection: AuthCollection,
  failure: BatchFailure,
  { createData, user }: IdentityClaim,
): boolean {
  const isProviders = (createData['email'] || user.email) === user.email
  return isProviders && violatedFields(collection, failure)?.includes('email') === true
}

/** The error that a failure of one of the writes stands for. */
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
  // An account has at most one user of each provider; any other link is one made meanwhile.
  const isSecondLink = failure.kind === 'notUnique' && failure.columns.includes('recordRef')
  const second = isSecondLink ? writes.at(-1)?.notUnique(failure.columns) : undefined
  return second ?? new ApiError(authErrors.oauth2Overtaken)
}
