import type { Collection } from '#catalog/collection.ts'
import { collectionErrors } from '#collections/errors.ts'
import { constant } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { type RecordWrite, WriteBuilder, type WriteScope } from './record-write.ts'
import { followDeletion, planRemoval } from './deletion.ts'

/**
 * Plans the deletion of all records of a collection with their cascade.
 *
 * Database: 1 batch, whatever the number of records.
 *
 * @throws {ApiError} `viewNotTruncatable`; the batch fails with `truncateFailed`
 */
export async function planTruncate(
  scope: WriteScope,
  collection: Collection,
): Promise<RecordWrite> {
  if (collection.type === 'view') throw new ApiError(collectionErrors.viewNotTruncatable)

  const followers = await followDeletion(scope, collection)
  const removal = planRemoval({ collection, records: 'all', now: scope.now, followers })
  const plan = new WriteBuilder(0)
  plan.add(...removal.prepare)
  if (removal.keepsSuperuser !== undefined) {
    plan.require('superuser', removal.keepsSuperuser, collectionErrors.truncateFailed)
  }
  plan.require('references', removal.keepsRequired, collectionErrors.truncateFailed)
  plan.addQuery(removal.events)
  plan.addSweeps(...removal.sweeps)
  plan.addAffecting(removal.changed, ...removal.writes)
  return plan.finish(collectionErrors.truncateFailed, 204, constant(null))
}
