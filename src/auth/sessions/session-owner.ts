import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { requireAuth, requireCaller, requireCallerOf, requireCollection } from '#auth/guards.ts'

/** What a request about sessions names. */
export interface SessionsRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  /** Whose sessions; the caller's own when it is not given. */
  readonly recordId: string | undefined
}

/** Whose sessions a request is about, and who asks. */
export interface SessionOwner {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly caller: Caller
}

/**
 * The owner of the sessions that are asked about: the caller, or for superusers anybody.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `authCollectionMissing`, `recordNotAllowed`
 */
export function sessionOwner(scope: PlanContext, request: SessionsRequest): SessionOwner {
  const named = requireCollection(scope, request.collection)
  const { recordId } = request
  if (recordId !== undefined && requireCaller(scope).isSuperuser) {
    return { collection: requireAuth(named), recordId, caller: requireCaller(scope) }
  }

  const caller = requireCallerOf(scope, named)
  if (recordId !== undefined && recordId !== caller.recordId) {
    throw new ApiError(commonErrors.recordNotAllowed)
  }
  return { collection: requireAuth(named), recordId: caller.recordId, caller }
}
