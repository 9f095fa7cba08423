import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireAuth, requireCaller, requireCallerOf, requireCollection } from '#auth/guards.ts'

/** The parameters of a session request. */
export interface SessionsRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  /** The owner's id. Defaults to the caller. */
  readonly recordId: string | undefined
}

/** The owner of the sessions, and the caller. */
export interface SessionOwner {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly caller: Caller
}

/**
 * Resolves the owner of the sessions: the caller, or any record for superusers.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `authCollectionMissing`, `recordNotAllowed`
 */
export function sessionOwner(context: PlanContext, request: SessionsRequest): SessionOwner {
  const named = requireCollection(context, request.collection)
  const { recordId } = request
  if (recordId !== undefined && requireCaller(context).isSuperuser) {
    return { collection: requireAuth(named), recordId, caller: requireCaller(context) }
  }

  const caller = requireCallerOf(context, named)
  if (recordId !== undefined && recordId !== caller.recordId) {
    throw new ApiError(commonErrors.recordNotAllowed)
  }
  return { collection: requireAuth(named), recordId: caller.recordId, caller }
}
