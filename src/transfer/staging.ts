/*
 * Where a load puts rows until all of them are there: tables beside those of the collections, which
 * no request sees. What they are loaded from is kept in a row of `_params`, so that an interrupted
 * load goes on, and so that of two at once the earlier one stops.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { createTable } from '#collections/schema/sync-table.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import type { Database } from '#platform/bindings.ts'
import { LoadError } from './load-error.ts'
import { beforeAllRows } from './source.ts'

/** A load that has begun, and that has not been overtaken by another. */
export interface Staging {
  /** Goes on where an earlier one was interrupted. */
  readonly isResumed: boolean
  /** How far each collection is, by its id: the rowId of its last row. */
  readonly rowIds: ReadonlyMap<string, bigint>
  /** Sends statements, unless another load has begun. @throws {LoadError} when one has */
  send(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
  /** The condition under which this load may go on. */
  readonly isCurrent: SQL
}

/** The name of the table that holds the rows of a collection: nothing else has a colon in its name. */
export function stagingTable({ id }: Pick<CollectionDefinition, 'id'>): string {
  return `${prefix}${id}`
}

const prefix = 'staging:'

/** Asks for the names of all staging tables. */
const stagingTables: SQL = sql`SELECT "name" FROM "sqlite_master"
  WHERE "type" = 'table' AND substr("name", 1, ${prefix.length}) = ${prefix}`

/** Asks for the names of all indexes of staging tables. */
export const stagingIndexes: SQL = sql`SELECT "name" FROM "sqlite_master"
  WHERE "type" = 'index' AND substr("tbl_name", 1, ${prefix.length}) = ${prefix}`

/** The row of `_params` that says which load is under way. */
const parameter = 'load'
const overtaken = 'arete:load-overtaken'

const storedLoad = z.object({ source: z.string(), definitions: z.string() })

/**
 * Makes the tables of a load, or takes up one of the same source where it was interrupted.
 *
 * Database: 2 batches, and 1 for each 40 collections.
 *
 * @param source what the load is of: the same text for the same content, and for no other
 */
export async function beginStaging(
  db: Database,
  source: string,
  stored: readonly CollectionDefinition[],
): Promise<Staging> {
  const run = newId()
  const definitions = JSON.stringify(stored.map(({ id, fields }) => [id, fields]))
  const value = JSON.stringify({ source, definitions, run })
  const [found = [], tables = []] = await runBatch(db, [
    sql`SELECT "value" FROM "_params" WHERE "id" = ${parameter}`,
    stagingTables,
  ])
  const isResumed = isSameLoad(found[0], source, definitions)
  const existing = tables.map(({ name }) => String(name))
  const stamp = formatDate(new Date())
  await runBatch(db, [
    ...(isResumed ? [] : existing.map((name) => sql`DROP TABLE ${sql.identifier(name)}`)),
    sql`INSERT INTO "_params" ("id", "value", "created", "updated")
      VALUES (${parameter}, ${value}, ${stamp}, ${stamp})
      ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", "updated" = excluded."updated"`,
  ])

  const isCurrent = sql`(SELECT "value" ->> 'run' FROM "_params" WHERE "id" = ${parameter}) = ${run}`
  const staging: Omit<Staging, 'rowIds'> = {
    isResumed,
    isCurrent,
    send: async (statements) => await sendGuarded(db, isCurrent, statements),
  }
  const rowIds = new Map<string, bigint>()
  for (let at = 0; at < stored.length; at += collectionsPerBatch) {
    const group = stored.slice(at, at + collectionsPerBatch)
    const isThere = ({ id }: CollectionDefinition): boolean =>
      isResumed && existing.includes(stagingTable({ id }))
    const created = group
      .filter((definition) => !isThere(definition))
      .flatMap((definition) =>
        createTable({ ...definition, name: stagingTable(definition), indexes: [] }),
      )
    const rows = await staging.send([...created, ...group.map(selectLastPlace)])
    for (const [n, { id }] of group.entries()) {
      const rowId = rows[created.length + n]?.[0]?.['rowId']
      rowIds.set(id, typeof rowId === 'string' ? BigInt(rowId) : beforeAllRows)
    }
  }
  return { ...staging, rowIds }
}

const collectionsPerBatch = 40

function selectLastPlace(definition: CollectionDefinition): SQL {
  return sql`SELECT CAST(max("_rowid_") AS TEXT) AS "rowId" FROM ${sql.identifier(stagingTable(definition))}`
}

function isSameLoad(row: Row | undefined, source: string, definitions: string): boolean {
  if (row === undefined) return false
  const load = storedLoad.safeParse(JSON.parse(String(row['value'])))
  return load.success && load.data.source === source && load.data.definitions === definitions
}

async function sendGuarded(
  db: Database,
  isCurrent: SQL,
  statements: readonly SQL[],
): Promise<readonly (readonly Row[])[]> {
  try {
    return (await runBatch(db, [abortUnless(isCurrent, overtaken), ...statements])).slice(1)
  } catch (error) {
    const failure = batchFailure(error)
    if (failure?.kind !== 'aborted' || failure.message !== overtaken) throw error
    throw new LoadError('Another load has begun since, so this one goes no further.', {
      cause: error,
    })
  }
}

/** The statements that end a load: nothing of it stays but what became the deployment's own. */
export function endStaging(): SQL[] {
  return [sql`DELETE FROM "_params" WHERE "id" = ${parameter}`]
}

const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000

/**
 * Removes what a load has left that was interrupted and not taken up again for a day: there are
 * records in it, secrets included.
 *
 * Database: 1 batch, and 1 more when there is something.
 */
export async function dropAbandonedStaging(db: Database, now: Date): Promise<void> {
  const since = formatDate(new Date(now.getTime() - abandonedAfterMilliseconds))
  const isAbandoned = sql`NOT EXISTS (SELECT 1 FROM "_params" WHERE "id" = ${parameter} AND "updated" > ${since})`
  const [tables = [], verdict = []] = await runBatch(db, [
    stagingTables,
    sql`SELECT ${isAbandoned} AS "isAbandoned"`,
  ])
  if (tables.length === 0 || verdict[0]?.['isAbandoned'] !== 1) return
  await runBatch(db, [
    abortUnless(isAbandoned, overtaken),
    ...tables.map(({ name }) => sql`DROP TABLE ${sql.identifier(String(name))}`),
    ...endStaging(),
  ])
}
