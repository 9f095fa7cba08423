/*
 * An import changes the stored definitions to match a document, in one batch. Views are dropped
 * before tables change and recreated afterwards.
 */
import { batchFailure } from '#database/abort.ts'
import { raiseRevision } from '#database/revision.ts'
import { ApiError, type Issues } from '#kernel/errors.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import {
  deriveView,
  isView,
  withDefinition,
  withDerivedViews,
} from '#collections/views/derive-views.ts'
import type { Draft } from './draft-definition.ts'
import { type CollectionImport, draftImport } from './draft-import.ts'
import { collectionErrors } from './errors.ts'
import { importFailure, invalidImport } from './import-failure.ts'
import { badViewIds, changeStatements } from './change-collections.ts'
import { recordHistory } from './history/record-history.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { invalidIndex, invalidViewQuery } from '#collections/validate/issues.ts'
import { ruleChecker } from '#collections/validate/rule-checker.ts'
import { definitionsOf } from './save-collection.ts'
import { firstRefusedIndex } from '#collections/schema/schema-trial.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Plan } from '#database/query.ts'
import { validateDefinition } from '#collections/validate/validate-definition.ts'
import type { ViewDefinition } from '#collections/views/view-dependencies.ts'

/**
 * Plans an import. If anything in it is invalid, nothing happens.
 *
 * Database: 1 batch, whatever the number of collections.
 *
 * @throws {ApiError} `importFailed`
 */
export function planImport(context: PlanContext, request: CollectionImport): Plan<undefined> {
  const stored = definitionsOf(context)
  const drafts = draftImport(stored, request, context.now)
  const isKept = ({ id, system }: CollectionDefinition) =>
    system || !request.deleteMissing || drafts.some(({ next }) => next.id === id)
  const after = imported(stored.filter(isKept), drafts)
  assertValid(drafts, after)

  return {
    statements: [
      ...changeStatements(context, { stored, after, drafts }),
      ...recordHistory({ ...context, source: 'import', before: stored, after }),
      raiseRevision,
    ],
    changesCatalog: true,
    read: () => undefined,
    explain: (error) => explained(error, drafts),
  }
}

/** All definitions including the drafts, views with their future fields. */
function imported(
  kept: readonly CollectionDefinition[],
  drafts: readonly Draft[],
): CollectionDefinition[] {
  return drafts.reduce<CollectionDefinition[]>(
    (all, { previous, next }) => {
      const derived = isView(next) ? derivedView(next, all) : next
      return withDerivedViews(withDefinition(all, derived), previous, derived)
    },
    [...kept],
  )
}

function derivedView(
  draft: ViewDefinition,
  definitions: readonly CollectionDefinition[],
): ViewDefinition {
  const { view, fault } = deriveView(draft, definitions)
  if (fault === undefined) return view
  throw importFailure(`failed to save collection ${JSON.stringify(draft.name)}: ${fault}`)
}

function assertValid(drafts: readonly Draft[], after: readonly CollectionDefinition[]): void {
  for (const { previous, next: draft, type } of drafts) {
    const next = after.find(({ id }) => id === draft.id) ?? draft
    const unreadable = next.indexes.findIndex((text) => parseIndex(text) === undefined)
    if (unreadable !== -1) throw refusedIndex({ [unreadable]: invalidIndex() })
    if (previous === undefined) assertFreeName(next, after)
    const issues = validateDefinition({
      next,
      // A new definition counts as stored, because definitions in an import may refer to each
      // other.
      previous: previous ?? next,
      type,
      stored: after,
      viewFault: undefined,
      ruleFault: ruleChecker(next, after),
    })
    if (Object.keys(issues).length > 0) throw invalidImport(next, issues)
  }
}

/** In an import, PocketBase relies on its database to reject duplicate names. */
function assertFreeName({ id, name }: CollectionDefinition, all: readonly CollectionDefinition[]) {
  if (!all.some((other) => other.id !== id && other.name === name)) return
  const fault = 'UNIQUE constraint failed: _collections.name.'
  throw importFailure(`failed to save collection ${JSON.stringify(name)}: ${fault}`)
}

function explained(error: unknown, drafts: readonly Draft[]): Error | undefined {
  const failure = batchFailure(error)
  if (failure?.kind === 'aborted' && failure.message.startsWith(badViewIds)) {
    const view = drafts.find(({ next }) => badViewIds + next.name === failure.message)
    const viewQuery = invalidViewQuery(
      'the query could return records with empty or non-unique ids',
    )
    return view && invalidImport(view.next, { viewQuery })
  }

  const fault = databaseFault(error)
  if (fault === undefined) return undefined
  const indexes = drafts
    .map(({ next }) => firstRefusedIndex(next, fault))
    .find((found) => found !== undefined)
  return indexes === undefined ? importFailure(fault, error) : refusedIndex(indexes, error)
}

/** An index that cannot be created is reported by its position alone, whatever its collection. */
function refusedIndex(indexes: Issues, cause?: unknown): ApiError {
  return new ApiError(collectionErrors.importFailed, { issues: { indexes }, cause })
}
