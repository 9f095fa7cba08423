import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { changedAccountViolations, isPasswordSent } from './auth-record.ts'
import { assertUnlocked } from '#records/access.ts'
import type { StoredRow } from '#records/conditions/seen-record.ts'
import { recordErrors } from '#records/errors.ts'
import { fieldViolations } from './field-violations.ts'
import { columnOf } from '#records/identifiers.ts'
import type { OldPasswordProof } from './old-password.ts'
import {
  filesToStore,
  type RecordWrite,
  WriteBuilder,
  type WriteRequest,
  type WriteContext,
} from './record-write.ts'
import { type ResolvedBody, resolveBody } from './resolve-body.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'
import { storedRule, storedRuleGuard } from './rule-guard.ts'
import { addUpdate, nextValues, submittedFlag, submittedText } from './apply-update.ts'
import { addHookGuards, addHookWrites, runBeforeHooks } from './write-hooks.ts'
import { ownershipViolations } from './system-records.ts'
import { weakPassword } from './weak-password.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoOf, withBody } from '#records/request-info.ts'
import { demandOf } from '#records/step-up.ts'

/** The update of one record. */
export interface UpdateRequest extends WriteRequest {
  readonly id: string
  /** The result of checking the submitted old password, if one is required. */
  readonly oldPassword: OldPasswordProof | undefined
  /** The row that it must find; by default any. */
  readonly seen?: StoredRow | undefined
}

/**
 * Plans the update of a record without reading it first: the update rule, and every check of a
 * value that was not submitted or that a modifier changes, are conditions in the batch.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `unsupportedCollection`, `superusersOnly`; the batch fails with `notFound` or
 * `updateFailed`
 */
export async function planUpdate(
  context: WriteContext,
  update: UpdateRequest,
): Promise<RecordWrite> {
  const { collection, info, body, id } = update
  if (collection.type === 'view') throw new ApiError(recordErrors.unsupportedCollection)
  const plain = requestInfoOf(context, info)
  assertUnlocked(collection, 'update', plain)

  const stored = (field: Field): SQL => columnOf(collection.name, field.name)
  const resolved = resolveBody(collection, body, plain, stored)
  const viewer = withBody(plain, resolved.request)
  const hooked =
    context.hooks &&
    (await runBeforeHooks(
      {
        context,
        collection,
        action: 'update',
        id,
        request: update,
        rule: () => storedRule(context, viewer, collection, 'update', id),
      },
      { values: resolved.values, uploads: resolved.uploads, body: body.data },
      stored,
    ))
  const submitted = hooked?.values ?? resolved.values
  const values = nextValues(collection, submitted, context.now)
  const from = sql`FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
  const plan = new WriteBuilder(update.position, update.mark)

  const guard = storedRuleGuard(context, viewer, collection, 'update', id)
  plan.guard('rule', guard, commonErrors.notFound, `${collection.name}.updateRule`)
  plan.requireUnchanged(collection, id, update.seen)
  if (collection.auth !== undefined) {
    const change = {
      collection,
      body,
      oldPassword: update.oldPassword,
      email: submittedText(collection, resolved.values, 'email'),
      verified: submittedFlag(collection, resolved.values, 'verified'),
      isManager: managesStored(context, viewer, collection, id),
    }
    plan.check('form', changedAccountViolations(change), recordErrors.updateFailed, from)
    if (context.caller?.recordId === id && context.caller.collectionId === collection.id) {
      if (isPasswordSent(body)) plan.requireRecentProof(demandOf(context, 'password'))
      if (change.email !== undefined) plan.requireRecentProof(demandOf(context, 'email'))
    }
  }
  addHookGuards(plan, hooked)
  const subject = { collection, isNew: false, recordId: id, stored }
  const violations = [
    ...fieldViolations(context, subject, values, resolved.uploads),
    ...ownershipViolations(context, collection, values),
    ...(await weakPassword(context, collection, values)),
  ]
  plan.check('fields', violations, recordErrors.updateFailed, from)
  plan.add(...(update.oldPassword?.credit ?? []))
  if (violations.every(({ when }) => when !== 'always')) {
    plan.store(...filesToStore(collection, id, submitted, resolved.uploads))
    await addUpdate(plan, context, { collection, id, submitted, values })
    addHookWrites(plan, hooked)
  }
  const answered = withBody(plain, writtenBody(collection, id, resolved))
  const record = selectRecord(context, answered, collection, id, info.query['expand'])
  return plan.finish(recordErrors.updateFailed, 200, record)
}

/** The caller with its body, as the rules see it before the update. */
export function updatingViewer(
  context: PlanContext,
  { collection, info, body }: Pick<UpdateRequest, 'collection' | 'info' | 'body'>,
): RequestInfo {
  const plain = requestInfoOf(context, info)
  const stored = (field: Field): SQL => columnOf(collection.name, field.name)
  return withBody(plain, resolveBody(collection, body, plain, stored).request)
}

/**
 * The body for rules after the row is written: the result of a modifier is the stored value now. It
 * is read by id, because rules of expanded collections do not have this row.
 */
function writtenBody(
  collection: Collection,
  id: string,
  { request }: ResolvedBody,
): ResolvedBody['request'] {
  const table = sql.identifier(collection.name)
  const written = (name: string): SQL =>
    sql`(SELECT ${sql.identifier(name)} FROM ${table} WHERE "id" = ${id})`
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name,
      'sql' in value ? { sql: written(name) } : value,
    ]),
  )
}

/** The condition for the caller to manage a stored account. */
export function managesStored(
  context: WriteContext,
  viewer: RequestInfo,
  collection: Collection,
  id: string,
): SQL | 'always' {
  if (viewer.isSuperuser) return 'always'
  const rule = collection.rules.manage
  if (rule.kind !== 'filter' || viewer.auth === undefined) return sql`FALSE`
  return ruleHolds(context.catalog.collections, viewer, rule, storedRow(collection, id))
}
