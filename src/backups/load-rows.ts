import { sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#collections/definition.ts'
import { parseIndex } from '#collections/indexes.ts'
import { createIndex } from '#collections/sync-table.ts'
import { LoadError } from './load-error.ts'
import { beforeAllRows, type PlacedRow, rowsOf, type Source } from './source.ts'
import { type Staging, stagingTable } from './staging.ts'
import { decodeRows, encodedRow, insertRows, isTooLargeToStore, selectRows } from './stored-rows.ts'

/** Rows of one batch. */
const pageRows = 1000

/** How often progress is told, in rows. */
const tellRows = 500

/** A record that cannot be stored. */
export interface RefusedRecord {
  readonly collection: string
  readonly id: string
}

/** What is told while rows are on their way. */
export type RowProgress = (definition: CollectionDefinition, rows: number) => void

/**
 * Puts the rows of a collection into its staging table, from where it was left.
 *
 * Database: 1 batch per page of a thousand rows; a few statements of half a megabyte each at most.
 */
export async function loadRows(
  source: Source,
  definition: CollectionDefinition,
  staging: Staging,
  onProgress: RowProgress,
): Promise<void> {
  let place = staging.places.get(definition.id) ?? beforeAllRows
  for (;;) {
    const rows = await source.rows(definition, place, pageRows)
    const last = rows.at(-1)
    if (last === undefined) return
    const storable = rows.filter((row) => !isTooLargeToStore(row))
    for (const group of groupsOf(insertRows(stagingTable(definition), storable))) {
      await staging.send(group)
    }
    place = last.place
    onProgress(definition, rows.length)
  }
}

/** Statements of one batch: a few megabytes at most. */
const batchStatements = 8

function groupsOf<T>(items: readonly T[]): T[][] {
  const groups: T[][] = []
  for (let at = 0; at < items.length; at += batchStatements) {
    groups.push(items.slice(at, at + batchStatements))
  }
  return groups
}

/** What the comparison of a collection's rows gave. */
export interface ComparedRows {
  /** Rows that are the same on both sides. */
  readonly equal: number
  readonly refused: readonly RefusedRecord[]
}

/**
 * Compares each row of a source with the one that was loaded, value by value.
 *
 * Database: 1 batch per page of a thousand rows, or of a megabyte.
 *
 * @throws {LoadError} for the first that differs
 */
export async function compareRows(
  source: Source,
  definition: CollectionDefinition,
  staging: Staging,
  onProgress: RowProgress,
): Promise<ComparedRows> {
  const loaded = rowsOf({ rows: stagedRows(staging) }, definition)
  const refused: RefusedRecord[] = []
  let equal = 0
  for await (const row of rowsOf(source, definition)) {
    if (isTooLargeToStore(row)) {
      refused.push({ collection: definition.name, id: String(row.values['id']) })
      continue
    }
    const found = await loaded.next()
    expectEqual(definition, row, found.value)
    equal++
    if (equal % tellRows === 0) onProgress(definition, tellRows)
  }
  if ((await loaded.next()).value !== undefined) {
    throw new LoadError(`${definition.name} has records that the source does not have.`)
  }
  onProgress(definition, (equal % tellRows) + refused.length)
  return { equal, refused }
}

function stagedRows(staging: Staging): Source['rows'] {
  return async (definition, after, limit) => {
    const table = stagingTable(definition)
    const [rows = []] = await staging.send([selectRows(definition, table, after, limit)])
    return decodeRows(definition, rows)
  }
}

function expectEqual(
  definition: CollectionDefinition,
  expected: PlacedRow,
  found: PlacedRow | undefined,
): void {
  const columns = Object.keys(expected.values)
  if (found !== undefined && encodedRow(found, columns) === encodedRow(expected, columns)) return
  const id = String(expected.values['id'])
  throw new LoadError(`The record ${id} of ${definition.name} is not what it was in the source.`)
}

/**
 * Makes the indexes of a staging table that may have their names already; the others have to wait
 * until what bears their names is gone.
 *
 * Database: 1 batch for each index.
 */
export async function createFreeIndexes(
  definition: CollectionDefinition,
  staging: Staging,
): Promise<void> {
  for (const text of definition.indexes) {
    const index = parseIndex(text)
    if (index === undefined) continue
    const [found = []] = await staging.send([
      sql`SELECT 1 FROM "sqlite_master" WHERE "name" = ${index.name} COLLATE NOCASE`,
    ])
    if (found.length > 0) continue
    await staging.send([createIndex({ ...index, table: stagingTable(definition) })])
  }
}
