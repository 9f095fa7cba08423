import { sql } from 'drizzle-orm'
import { raiseRevision } from '#database/revision.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Collection } from '#catalog/collection.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import { isView } from '#collections/views/derive-views.ts'
import { collectionErrors } from './errors.ts'
import { recordHistory } from './history/record-history.ts'
import { definitionsOf } from './save-collection.ts'
import { deleteAccountRecords, forgetDefinition } from '#collections/schema/store.ts'
import { dropTable } from '#collections/schema/sync-table.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Plan } from '#database/query.ts'

/**
 * Plans the deletion of a collection with its records and its accounts' data. Fails if a view could
 * not be read without it.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `notFound`, `deleteFailed`
 */
export function planDelete(context: PlanContext, idOrName: string): Plan<undefined> {
  const { collections } = context.catalog
  const collection = collections.find(idOrName)
  if (collection === undefined) throw new ApiError(commonErrors.notFound)
  const { definition } = collection
  const referring = collections.all.filter((other) => refersTo(other, collection))
  if (referring.length > 0) throw new ApiError(collectionErrors.deleteFailed, referenced(referring))
  if (definition.system) throw new ApiError(collectionErrors.deleteFailed)

  const views = definitionsOf(context).filter(isView)
  const others = views.filter(({ id }) => id !== definition.id)
  return {
    statements: [
      ...dropTable(definition),
      ...others.map(({ name }) => sql`SELECT 1 FROM ${sql.identifier(name)} LIMIT 0`),
      ...(definition.type === 'auth' ? deleteAccountRecords(definition) : []),
      ...forgetDefinition(definition, context.now),
      ...recordHistory({ ...context, source: 'dashboard', before: [definition], after: [] }),
      raiseRevision,
    ],
    changesCatalog: true,
    read: () => undefined,
    explain: (error) =>
      databaseFault(error) === undefined
        ? undefined
        : new ApiError(collectionErrors.deleteFailed, { cause: error }),
  }
}

function refersTo(other: Collection, { id }: Collection): boolean {
  return other.id !== id && other.fields.some((field) => field.relatedCollectionId === id)
}

function referenced(referring: readonly Collection[]): { readonly message: string } {
  const names = referring.map(({ name }) => name).join(', ')
  return {
    message: `Failed to delete collection probably due to existing reference in ${names}.`,
  }
}
