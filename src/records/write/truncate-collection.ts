import type { Collection } from '#catalog/collection.ts'
import { collectionErrors } from '#collections/errors.ts'
import { constant } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { type RecordWrite, WriteBuilder, type WriteContext } from './record-write.ts'
import { addDeletion } from './deletion.ts'

/**
 * Plans the deletion of all records of a collection with their cascade.
 *
 * Database: 1 batch, whatever the number of records.
 *
 * @throws {ApiError} `viewNotTruncatable`; the batch fails with `truncateFailed`
 */
export async function planTruncate(
  context: WriteContext,
  collection: Collection,
): Promise<RecordWrite> {
  if (collection.type === 'view') throw new ApiError(collectionErrors.viewNotTruncatable)

  const failed = collectionErrors.truncateFailed
  const plan = new WriteBuilder(0)
  await addDeletion(
    plan,
    context,
    { collection, records: 'all' },
    { lastSuperuser: failed, failed },
  )
  return plan.finish(failed, 204, constant(null))
}
