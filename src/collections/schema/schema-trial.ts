import { type SQL, sql } from 'drizzle-orm'
import { abortWith, batchFailure } from '#database/abort.ts'
import { runBatch } from '#database/batch.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import type { Database } from '#platform/bindings.ts'
import { databaseFault } from './database-error.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { invalidIndex } from '#collections/validate/issues.ts'
import { findRefusedIndex } from './refused-index.ts'

/** A definition whose schema the database rejected, with the message. */
export interface RefusedSchema {
  readonly definition: CollectionDefinition
  readonly fault: string
  /** The statements that create the schema of the definition, or of a similar one. */
  statementsOf(definition: CollectionDefinition): readonly SQL[]
}

/**
 * The indexes of a definition that the database rejects, by position; none if the error is about
 * something else. A batch reports only its first error, so the schema is tried again without the
 * indexes found, until no index fails.
 *
 * Database: 1 batch per rejected index.
 */
export async function refusedIndexes(
  db: Database,
  { definition, fault, statementsOf }: RefusedSchema,
): Promise<Issues> {
  const found = new Map<string, FieldIssue>()
  let current: string | undefined = fault
  while (current !== undefined) {
    const remaining = without(definition, found)
    const [refused] = Object.entries(firstRefusedIndex(remaining, current) ?? {})
    if (refused === undefined) break
    found.set(...refused)
    current = await trialFault(db, statementsOf(without(definition, found)))
  }
  return Object.fromEntries(found)
}

/** The issue of the index that an error is about, by position; undefined if there is none. */
export function firstRefusedIndex(
  definition: CollectionDefinition,
  fault: string,
): Readonly<Record<string, FieldIssue>> | undefined {
  const at = findRefusedIndex(definition, fault)
  if (at === undefined) return undefined
  const name = parseIndex(definition.indexes[at] ?? '')?.name ?? ''
  return { [at]: invalidIndex(`Failed to create index ${name} - ${fault}`) }
}

/** The other positions stay; a blank string is no index. */
function without(
  definition: CollectionDefinition,
  found: ReadonlyMap<string, unknown>,
): CollectionDefinition {
  const indexes = definition.indexes.map((text, at) => (found.has(`${at}`) ? '' : text))
  return { ...definition, indexes }
}

const trialOver = 'arete:trial-over'

/** Runs statements and rolls them back. Returns the database's message, or undefined on success. */
async function trialFault(db: Database, statements: readonly SQL[]): Promise<string | undefined> {
  try {
    await runBatch(db, [...statements, abortWith(sql`${trialOver}`)])
    return undefined
  } catch (error) {
    const failure = batchFailure(error)
    if (failure?.kind === 'aborted' && failure.message === trialOver) return undefined
    const fault = databaseFault(error)
    if (fault === undefined) throw error
    return fault
  }
}
