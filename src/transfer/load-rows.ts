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

/** The interval of progress reports, in rows. */
const rowEvents = 500

/** A record that cannot be stored. */
export interface RefusedRecord {
  readonly collection: string
  readonly id: string
}

/** Receives progress reports. */
export type RowProgress = (definition: CollectionDefinition, rows: number) => void

/**
 * Loads the rows of a collection into its staging table and resumes an interrupted load.
 *
 * Database: 1 batch per page of a thousand rows, with a few statements of at most half a megabyte.
 */
export async function loadRows(
  source: Pick<Source, 'rows'>,
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

/** Statements per batch: a few megabytes at most. */
const batchStatements = 8

function groupsOf<T>(items: readonly T[]): T[][] {
  const groups: T[][] = []
  for (let at = 0; at < items.length; at += batchStatements) {
    groups.push(items.slice(at, at + batchStatements))
  }
  return groups
}

/** The result of comparing a collection's rows. */
export interface ComparedRows {
  /** The number of equal rows. */
  readonly equal: number
  readonly refused: readonly RefusedRecord[]
}

/** The progress of comparing a collection: equal up to a row id. */
export interface ComparedSoFar extends ComparedRows {
  readonly rowId: bigint
  readonly isDone: boolean
}

/** The progress of comparisons, by collection. */
export type ComparedCollections = Map<string, ComparedSoFar>

/**
 * Compares each row of a source with the staged one, value by value.
 *
 * Database: 1 batch per page of a thousand rows, or of a megabyte.
 *
 * @throws {LoadError} For the first difference.
 */
export async function compareRows(
  source: Pick<Source, 'rows'>,
  definition: CollectionDefinition,
  staged: Pick<Source, 'rows'>,
  onProgress: RowProgress,
  compared?: ComparedCollections,
): Promise<ComparedRows> {
  const before = compared?.get(definition.id)
  if (before?.isDone === true) return before
  const start = before?.rowId ?? beforeAllRows
  const loaded = rowsOf(staged, definition, start)
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

/** Reads the loaded rows. */
export function stagedRows(staging: Staging): Source['rows'] {
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
  throw new LoadError(`The record ${id} of ${definition.name} differs from the source.`)
}

/**
 * Creates those indexes of staging tables whose names are free. The others must wait until the
 * existing ones are dropped.
 *
 * Database: 1 batch, and 1 per index.
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
