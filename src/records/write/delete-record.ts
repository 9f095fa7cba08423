import { constant } from '#database/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { assertUnlocked } from '#records/access.ts'
import type { StoredRow } from '#records/conditions/seen-record.ts'
import { recordErrors } from '#records/errors.ts'
import {
  type RecordWrite,
  WriteBuilder,
  type WriteRequest,
  type WriteContext,
} from './record-write.ts'
import { addHookGuards, addHookWrites, runBeforeHooks } from './write-hooks.ts'
import { addDeletion } from './deletion.ts'
import { storedRule, storedRuleGuard } from './rule-guard.ts'
import { requestInfoOf } from '#records/request-info.ts'
import { demandOf } from '#records/step-up.ts'

/** The deletion of one record. */
export interface DeleteRequest extends Omit<WriteRequest, 'body'> {
  readonly id: string
  /** The row that it must find; by default any. */
  readonly seen?: StoredRow | undefined
}

/**
 * Plans the deletion of a record with its cascade.
 *
 * Database: 1 batch, whatever the cascade.
 *
 * @throws {ApiError} `unsupportedCollection`, `superusersOnly`; the batch fails with `notFound`,
 * `deleteFailed` or `lastSuperuser`
 */
export async function planDelete(
  context: WriteContext,
  request: DeleteRequest,
): Promise<RecordWrite> {
  const { collection, info, id } = request
  if (collection.type === 'view') throw new ApiError(recordErrors.unsupportedCollection)
  const viewer = requestInfoOf(context, info)
  assertUnlocked(collection, 'delete', viewer)

  const hooked =
    context.hooks &&
    (await runBeforeHooks({
      context,
      collection,
      action: 'delete',
      id,
      request,
      rule: () => storedRule(context, viewer, collection, 'delete', id),
    }))
  const plan = new WriteBuilder(request.position, request.mark)
  const guard = storedRuleGuard(context, viewer, collection, 'delete', id)
  plan.guard('rule', guard, commonErrors.notFound, `${collection.name}.deleteRule`)
  plan.requireUnchanged(collection, id, request.seen)
  const { caller } = context
  if (caller?.recordId === id && caller.collectionId === collection.id) {
    plan.requireRecentProof(demandOf(context, 'delete'))
  }
  // Owners remove the links of their own account only.
  if (collection.name === '_externalAuths' && !viewer.isSuperuser) {
    plan.requireRecentProof(demandOf(context, 'link'))
  }
  addHookGuards(plan, hooked)
  const { lastSuperuser, deleteFailed } = recordErrors
  const errors = { lastSuperuser, failed: deleteFailed }
  await addDeletion(plan, context, { collection, records: { id } }, errors)
  addHookWrites(plan, hooked)
  return plan.finish(deleteFailed, 204, constant(null))
}
