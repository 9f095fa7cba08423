import { type SQL, sql } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { forgetLaterSweeps, sweepAll } from '#database/file-sweeps.ts'
import { raiseRevision } from '#database/revision.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { recordHistory } from '#collections/history/record-history.ts'
import { isView } from '#collections/views/derive-views.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { storeDefinition } from '#collections/schema/store.ts'
import { createIndex, createViews, dropTable, dropViews } from '#collections/schema/sync-table.ts'
import { catalogRevisionTable, collectionsTable } from '#database/schema.ts'
import type { Database } from '#platform/bindings.ts'
import { storeSettings } from '#settings/store.ts'
import { dropStrayFactors, replaceFactors } from './factor-tables.ts'
import { replaceHistory } from './history-tables.ts'
import { LoadError } from './load-error.ts'
import { withUniqueFault } from './unique-fault.ts'
import { type Existing, isEmpty, ownedCollections } from './existing-content.ts'
import type { Source } from './source.ts'
import { endStaging, type Staging, stagingIndexes, stagingTable } from './staging.ts'

const changed = 'arete:load-target-changed'

/** The content to replace, and how the history names the change. */
interface SwapContext {
  readonly catalog: Catalog
  readonly existing: Existing
  readonly source: 'import' | 'restore'
}

/**
 * Replaces the current content with the loaded one: tables, indexes, views, definitions and
 * settings, all or nothing. Other isolates notice it with their next request.
 *
 * Database: 2 batches.
 *
 * @throws {LoadError} If the deployment has changed since the load began.
 */
export async function swap(
  db: Database,
  {
    definitions,
    settings,
    hasFactors,
    hasHistory,
  }: Pick<Source, 'definitions' | 'settings' | 'hasFactors' | 'hasHistory'>,
  staging: Staging,
  { catalog, existing, source }: SwapContext,
): Promise<void> {
  const [made = []] = await runBatch(db, [stagingIndexes])
  const madeIndexes = new Set(made.map(({ name }) => String(name).toLowerCase()))
  const replaced = catalog.collections.all.map(({ definition }) => definition)
  const stored = definitions.filter((definition) => !isView(definition))
  const now = new Date()
  try {
    await staging.send([
      abortUnless(
        sql`(SELECT "revision" FROM ${catalogRevisionTable}) = ${catalog.revision}`,
        changed,
      ),
      ...(existing === 'keep'
        ? ownedCollections(replaced).map((definition) => abortUnless(isEmpty(definition), changed))
        : []),
      ...dropViews(replaced.filter(isView)),
      ...replaced.filter((definition) => !isView(definition)).flatMap(dropTable),
      ...stored.map(
        (definition) =>
          sql`ALTER TABLE ${sql.identifier(stagingTable(definition))} RENAME TO ${sql.identifier(definition.name)}`,
      ),
      ...stored.flatMap((definition) => missingIndexes(definition, madeIndexes)),
      ...createViews(definitions.filter(isView)),
      ...(hasFactors ? replaceFactors() : []),
      ...dropStrayFactors(stored),
      sql`DELETE FROM ${collectionsTable}`,
      ...definitions.map(storeDefinition),
      ...(settings === undefined ? [] : [storeSettings(settings, now)]),
      ...(hasHistory ? replaceHistory() : []),
      ...recordHistory({ source, caller: undefined, now, before: replaced, after: definitions }),
      forgetLaterSweeps,
      sweepAll(placesOf([...replaced, ...definitions]), now),
      ...endStaging(),
      raiseRevision,
    ])
  } catch (error) {
    const failure = batchFailure(error)
    if (failure?.kind !== 'aborted' || failure.message !== changed) throw withUniqueFault(error)
    throw new LoadError(
      'The deployment changed during the load. Nothing was replaced. Try again.',
      {
        cause: error,
      },
    )
  }
}

function missingIndexes(definition: CollectionDefinition, made: ReadonlySet<string>): SQL[] {
  return definition.indexes
    .map(parseIndex)
    .filter((index) => index !== undefined)
    .filter(({ name }) => !made.has(name.toLowerCase()))
    .map((index) => createIndex({ ...index, table: definition.name }))
}

/** The prefixes that may contain orphaned files: one per collection. */
function placesOf(definitions: readonly CollectionDefinition[]): SQL {
  const prefixes = [...new Set(definitions.map(({ id }) => `${id}/`))]
  return sql`SELECT value AS "prefix" FROM json_each(${JSON.stringify(prefixes)})`
}
