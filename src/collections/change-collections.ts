/*
 * The statements that change many collections at once, for one batch. Views are dropped before
 * tables change and created again afterwards.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless } from '#database/abort.ts'
import {
  deleteAccountRecords,
  forgetDefinition,
  storeDefinition,
} from '#collections/schema/store.ts'
import {
  createTable,
  createViews,
  dropTable,
  dropViews,
  syncTable,
} from '#collections/schema/sync-table.ts'
import { isView } from '#collections/views/derive-views.ts'
import type { ViewDefinition } from '#collections/views/view-dependencies.ts'
import type { Draft } from './draft-definition.ts'
import { renameRateLimits } from './rename-rate-limits.ts'

/** A change of many collections. */
export interface CollectionChanges {
  readonly stored: readonly CollectionDefinition[]
  /** All definitions after the change; the missing ones are removed. */
  readonly after: readonly CollectionDefinition[]
  /** The new and the changed definitions. */
  readonly drafts: readonly Draft[]
}

/** The statements of a change. The revision and the history are left to the caller. */
export function changeStatements(
  context: PlanContext,
  { stored, after, drafts }: CollectionChanges,
): SQL[] {
  const removed = stored.filter(({ id }) => !after.some((kept) => kept.id === id))
  const tables = [
    ...removed.flatMap((definition) => remove(definition, context.now)),
    ...drafts.flatMap(syncStored),
  ]
  const isRestructured = tables.length > 0 || drafts.some(({ next }) => isView(next))
  const changedViews = after
    .filter(isView)
    .filter(({ id }) => drafts.some(({ next }) => next.id === id))
  const renames = drafts.flatMap(({ previous, next }) =>
    previous === undefined ? [] : [{ from: previous.name, to: next.name }],
  )
  return [
    ...(isRestructured ? dropViews(stored.filter(isView)) : []),
    ...tables,
    ...(isRestructured ? createViews(after.filter(isView)) : []),
    ...changedViews.map(idGuard),
    ...after.filter((definition) => !stored.includes(definition)).map(storeDefinition),
    ...renameRateLimits(context, renames),
  ]
}

/** The statements that remove a collection completely; its views are dropped already. */
function remove(definition: CollectionDefinition, now: Date): SQL[] {
  if (isView(definition)) return forgetDefinition(definition, now)
  const accounts = definition.type === 'auth' ? deleteAccountRecords(definition) : []
  return [...dropTable(definition), ...accounts, ...forgetDefinition(definition, now)]
}

function syncStored({ previous, next }: Draft): SQL[] {
  if (isView(next)) return []
  return previous === undefined ? createTable(next) : syncTable(previous, next, [])
}

/** The prefix of the failure of a view without proper ids; its name follows. */
export const badViewIds = 'arete:view-ids:'

/** Undoes the change if the first records of a view have missing or duplicate ids. */
function idGuard({ name }: ViewDefinition): SQL {
  const sample = sql`SELECT "id" FROM ${sql.identifier(name)} LIMIT 10`
  const hasIds = sql`NOT EXISTS (SELECT 1 FROM (${sample}) GROUP BY "id" HAVING COUNT(*) > 1 OR coalesce("id", '') = '')`
  return abortUnless(hasIds, badViewIds + name)
}
