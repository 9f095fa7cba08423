/*
 * Stores a definition together with its schema: the row, the tables, indexes and views change in
 * one batch, so that everything happens or nothing.
 */
import { raiseRevision } from '#database/revision.ts'
import { ApiError, type ErrorSpec } from '#kernel/errors.ts'
import type { Database } from '#platform/bindings.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import { type CollectionJson, definitionJson } from './definition-json.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import {
  deriveView,
  isView,
  withDefinition,
  withDerivedViews,
} from '#collections/views/derive-views.ts'
import { type CollectionBody, type Draft, draftChanged, draftNew } from './draft-definition.ts'
import { collectionErrors } from './errors.ts'
import { recordHistory } from './history/record-history.ts'
import { renameRateLimits } from './rename-rate-limits.ts'
import { ruleChecker } from '#collections/validate/rule-checker.ts'
import { type RefusedSchema, refusedIndexes } from '#collections/schema/schema-trial.ts'
import { storeDefinition } from '#collections/schema/store.ts'
import { createTable, syncTable } from '#collections/schema/sync-table.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Plan } from '#database/query.ts'
import { validateDefinition } from '#collections/validate/validate-definition.ts'
import { tryViewQuery } from '#collections/views/view-sample.ts'

/**
 * Plans a new collection with its table or view.
 *
 * Database: 1 batch; for a view, 1 more before it that runs the query.
 *
 * @throws {ApiError} `malformed`, `createFailed`
 */
export async function planCreate(
  db: Database,
  context: PlanContext,
  body: CollectionBody,
): Promise<Plan<CollectionJson>> {
  return await planSave(db, context, draftNew(context, body), collectionErrors.createFailed)
}

/**
 * Plans the change of a collection, its table or view, and the views that read it.
 *
 * Database: 1 batch; for a view, 1 more before it that runs the query.
 *
 * @throws {ApiError} `notFound`, `malformed`, `updateFailed`
 */
export async function planUpdate(
  db: Database,
  context: PlanContext,
  idOrName: string,
  body: CollectionBody,
): Promise<Plan<CollectionJson>> {
  const draft = draftChanged(context, idOrName, body)
  return await planSave(db, context, draft, collectionErrors.updateFailed)
}

async function planSave(
  db: Database,
  context: PlanContext,
  draft: Draft,
  refusal: ErrorSpec,
): Promise<Plan<CollectionJson>> {
  const stored = definitionsOf(context)
  const { next, viewFault } = await resolvedView(db, draft.next, stored)
  const { previous, type } = draft
  const ruleFault = ruleChecker(next, withDefinition(stored, next))
  const issues = validateDefinition({ next, previous, type, stored, viewFault, ruleFault })
  if (Object.keys(issues).length > 0) throw new ApiError(refusal, { issues })

  const after = withDerivedViews(withDefinition(stored, next), previous, next)
  const statementsOf = (definition: CollectionDefinition) =>
    previous === undefined
      ? createTable(definition)
      : syncTable(previous, definition, after.filter(isView))
  return {
    statements: [
      ...statementsOf(next),
      ...after.filter((definition) => !stored.includes(definition)).map(storeDefinition),
      ...renameRateLimits(
        context,
        previous === undefined ? [] : [{ from: previous.name, to: next.name }],
      ),
      ...recordHistory({ ...context, source: 'dashboard', before: stored, after }),
      raiseRevision,
    ],
    changesCatalog: true,
    read: () => definitionJson(next),
    explain: (error) => explained(error, { db, definition: next, statementsOf, refusal }),
  }
}

/** All definitions of a catalog, in the order of creation. */
export function definitionsOf({ catalog }: PlanContext): CollectionDefinition[] {
  return catalog.collections.all.map(({ definition }) => definition)
}

/** Runs a view's query and adds its fields. */
async function resolvedView(
  db: Database,
  next: CollectionDefinition,
  stored: readonly CollectionDefinition[],
): Promise<{ readonly next: CollectionDefinition; readonly viewFault: string | undefined }> {
  if (!isView(next)) return { next, viewFault: undefined }
  const { view, fault } = deriveView(next, stored)
  if (fault !== undefined) return { next: view, viewFault: fault }
  const sample = await tryViewQuery(db, view.options.viewQuery)
  return { next: sample.runs ? view : { ...view, fields: [] }, viewFault: sample.fault }
}

interface FailedSave {
  readonly db: Database
  readonly refusal: ErrorSpec
}

/**
 * The error for a schema that the database rejected: issues of indexes by position, otherwise the
 * database's message.
 */
async function explained(
  error: unknown,
  { db, refusal, ...schema }: Omit<RefusedSchema, 'fault'> & FailedSave,
): Promise<Error | undefined> {
  const fault = databaseFault(error)
  if (fault === undefined) return undefined
  const indexes = await refusedIndexes(db, { ...schema, fault })
  if (Object.keys(indexes).length > 0) {
    return new ApiError(refusal, { issues: { indexes }, cause: error })
  }
  return new ApiError(refusal, {
    message: `${refusal.message} Raw error: \n${fault}`,
    cause: error,
  })
}
