import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import type { Database } from '#platform/bindings.ts'

/** Keeps or replaces existing content. */
export type Existing = 'keep' | 'replace'

/** The content that replacing a deployment would lose. */
export interface ExistingContent {
  /** Collections that are not created by default. */
  readonly collections: readonly string[]
  /** The number of records, without superusers and sign-in data. */
  readonly records: number
}

/** Superusers and temporary sign-in data. */
const passing = ['_superusers', '_mfas', '_otps', '_authOrigins']

/** The collections whose records count as content. */
export function ownedCollections(
  definitions: readonly CollectionDefinition[],
): readonly CollectionDefinition[] {
  return definitions.filter(
    (definition) => !isView(definition) && !passing.includes(definition.name),
  )
}

/** The condition that a collection has no record. */
export function isEmpty({ name }: CollectionDefinition): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${sql.identifier(name)})`
}

/**
 * Returns the content that a load would replace.
 *
 * Database: 1 batch.
 */
export async function existingContent(
  db: Database,
  definitions: readonly CollectionDefinition[],
): Promise<ExistingContent> {
  const owned = ownedCollections(definitions)
  const counts = await runBatch(
    db,
    owned.map(({ name }) => sql`SELECT count(*) AS "n" FROM ${sql.identifier(name)}`),
  )
  const initial = new Set(systemCollections.map(({ id }) => id))
  return {
    collections: definitions.filter(({ id }) => !initial.has(id)).map(({ name }) => name),
    records: counts.reduce((sum, rows) => sum + readNumber(rows[0], 'n'), 0),
  }
}
