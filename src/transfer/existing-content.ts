import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import type { Database } from '#platform/bindings.ts'

/** What may happen to what is there already. */
export type Existing = 'keep' | 'replace'

/** What somebody would miss if a deployment were replaced. */
export interface ExistingContent {
  /** Collections that are not there from the start. */
  readonly collections: readonly string[]
  /** How many records there are, superusers and what belongs to sign-ins left out. */
  readonly records: number
}

/** Accounts of those who run the deployment, and what comes and goes with sign-ins. */
const passing = ['_superusers', '_mfas', '_otps', '_authOrigins']

/** The collections with records that somebody would miss. */
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
 * What is there that a load would replace.
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
