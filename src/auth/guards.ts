import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AuthCollection } from './auth-token.ts'
import { authErrors } from './errors.ts'

/**
 * The collection in the path, of any type.
 *
 * @throws {ApiError} `collectionMissing`
 */
export function requireCollection({ catalog }: PlanContext, idOrName: string): Collection {
  const collection = catalog.collections.find(idOrName)
  if (collection === undefined) throw new ApiError(authErrors.collectionMissing)
  return collection
}

/**
 * Requires an auth collection.
 *
 * @throws {ApiError} `authCollectionMissing`
 */
export function requireAuth(collection: Collection | undefined): AuthCollection {
  if (collection === undefined || !isAuthCollection(collection)) {
    throw new ApiError(authErrors.authCollectionMissing)
  }
  return collection
}

/**
 * The caller. Guests are rejected.
 *
 * @throws {ApiError} `recordTokenRequired`
 */
export function requireCaller({ caller }: PlanContext): Caller {
  if (caller === undefined) throw new ApiError(commonErrors.recordTokenRequired)
  return caller
}

/**
 * The caller, a record of this collection.
 *
 * @throws {ApiError} `recordTokenRequired`, `otherCollectionRequired`
 */
export function requireCallerOf(context: PlanContext, collection: Collection): Caller {
  const caller = requireCaller(context)
  if (caller.collectionId === collection.id) return caller
  throw new ApiError(authErrors.otherCollectionRequired, {
    message: `The request requires auth record from ${caller.collectionName} collection.`,
  })
}

/** True for an auth collection. */
export function isAuthCollection(collection: Collection): collection is AuthCollection {
  return collection.auth !== undefined
}
