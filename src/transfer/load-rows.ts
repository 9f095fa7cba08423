import { sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { createIndex } from '#collections/schema/sync-table.ts'
import { LoadError } from './load-error.ts'
import { withUniqueFault } from './unique-fault.ts'
import { beforeAllRows, type RowWithId, rowsOf, type Source } from './source.ts'
import { type Staging, stagingTable } from './staging.ts'
import { encodedRow, insertRows, isTooLargeToStore, readRows } from './stored-rows.ts'
import { shownValue } from './stored-value.ts'

/** Rows of one batch. */
const pageRows = 1000

/** How often progress is told, in rows. */
const rowEvents = 500

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
  let rowId = staging.rowIds.get(definition.id) ?? beforeAllRows
  for (;;) {
    const rows = await source.rows(definition, rowId, pageRows)
    const last = rows.at(-1)
    if (last === undefined) return
    const storable = rows.filter((row) => !isTooLargeToStore(row))
    for (const group of groupsOf(insertRows(stagingTable(definition), storable))) {
      await staging.send(group)
    }
    rowId = last.rowId
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

/** How far the comparison of a collection is: it was equal up to a place. */
export interface ComparedSoFar extends ComparedRows {
  readonly rowId: bigint
  readonly isDone: boolean
}

/** How far comparisons are, by collection. */
export type ComparedCollections = Map<string, ComparedSoFar>

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
  compared?: ComparedCollections,
): Promise<ComparedRows> {
  const before = compared?.get(definition.id)
  if (before?.isDone === true) return before
  const start = before?.rowId ?? beforeAllRows
  const loaded = rowsOf({ rows: stagedRows(staging) }, definition, start)
  const refused: RefusedRecord[] = [...(before?.refused ?? [])]
  let equal = before?.equal ?? 0
  let rowId = start
  for await (const row of rowsOf(source, definition, start)) {
    rowId = row.rowId
    if (isTooLargeToStore(row)) {
      refused.push({ collection: definition.name, id: shownValue(row.values['id']) })
      continue
    }
    const found = await loaded.next()
    expectEqual(definition, row, found.value)
    equal++
    if (equal % rowEvents !== 0) continue
    onProgress(definition, rowEvents)
    compared?.set(definition.id, { rowId, equal, refused: [...refused], isDone: false })
  }
  if ((await loaded.next()).value !== undefined) {
    throw new LoadError(`${definition.name} has records that the source does not have.`)
  }
  onProgress(definition, (equal % rowEvents) + refused.length)
  compared?.set(definition.id, { rowId, equal, refused, isDone: true })
  return { equal, refused }
}

function stagedRows(staging: Staging): Source['rows'] {
  return async (definition, after, limit) =>
    await readRows(staging.send, definition, stagingTable(definition), { after, limit })
}

function expectEqual(
  definition: CollectionDefinition,
  expected: RowWithId,
  found: RowWithId | undefined,
): void {
  const columns = Object.keys(expected.values)
  if (found !== undefined && encodedRow(found, columns) === encodedRow(expected, columns)) return
  const id = shownValue(expected.values['id'])
  throw new LoadError(`The record ${id} of ${definition.name} is not what it was in the source.`)
}

/**
 * Makes the indexes of staging tables that may have their names already; the others have to wait until
 * what bears their names is gone.
 *
 * Database: 1 batch, and 1 for each index that is made.
 */
export async function createFreeIndexes(
  definitions: readonly CollectionDefinition[],
  staging: Staging,
): Promise<void> {
  const [found = []] = await staging.send([
    sql`SELECT "name" FROM "sqlite_master" WHERE "type" = 'index'`,
  ])
  const taken = new Set(found.map(({ name }) => String(name).toLowerCase()))
  for (const definition of definitions) {
    for (const text of definition.indexes) {
      const index = parseIndex(text)
      if (index === undefined || taken.has(index.name.toLowerCase())) continue
      const statement = createIndex({ ...index, table: stagingTable(definition) })
      await staging.send([statement]).catch((error: unknown) => {
        throw withUniqueFault(error, definition.name)
      })
      taken.add(index.name.toLowerCase())
    }
  }
}
