import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError } from '#kernel/errors.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCallerOf, requireCollection } from '#auth/guards.ts'
import { sessionOwner } from '#auth/sessions/session-owner.ts'

/** The owner of the factors in a request, and the caller. */
export interface FactorHolder {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly caller: Caller
  /** True if the caller is the owner; false for a superuser who acts for another account. */
  readonly isOwn: boolean
}

/**
 * Resolves the owner of the factors: the caller, or any record for superusers. Superusers who name
 * their own record are owners like others.
 *
 * @throws {ApiError} As `sessionOwner`.
 */
export function factorHolder(
  context: PlanContext,
  collection: string,
  recordId: string | undefined,
): FactorHolder {
  const owner = sessionOwner(context, { collection, recordId })
  const { caller } = owner
  const isOwn = caller.collectionId === owner.collection.id && caller.recordId === owner.recordId
  return { ...owner, isOwn }
}

/**
 * The caller as the owner of factors, in a collection that allows them.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `authCollectionMissing`, `totpDisabled`
 */
export function enrollingCaller(context: PlanContext, idOrName: string): FactorHolder {
  const named = requireCollection(context, idOrName)
  const caller = requireCallerOf(context, named)
  const collection = requireTotp(context, idOrName)
  return { collection, recordId: caller.recordId, caller, isOwn: true }
}

/**
 * A collection whose accounts can have authenticators.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `totpDisabled`
 */
export function requireTotp(context: PlanContext, idOrName: string): AuthCollection {
  const collection = requireAuth(requireCollection(context, idOrName))
  if (!collection.auth.security.totp.enabled) throw new ApiError(authErrors.totpDisabled)
  return collection
}
