/*
 * Staging tables, which hold rows until all are loaded and which no request sees. A row of
 * `_params` records the source, so that an interrupted load can be resumed, and so that the earlier
 * of two loads stops.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { createTable } from '#collections/schema/sync-table.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { paramsTable } from '#database/schema.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import type { Database } from '#platform/bindings.ts'
import { LoadError } from './load-error.ts'
import { beforeAllRows } from './source.ts'

/** A load that no other load has replaced. */
export interface Staging {
  /** True if it resumes an interrupted load. */
  readonly isResumed: boolean
  /** The id of the last loaded row, by collection id. */
  readonly rowIds: ReadonlyMap<string, bigint>
  /** Sends statements. @throws {LoadError} If another load has begun. */
  send(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
  /** The condition that no other load has begun. */
  readonly isCurrent: SQL
}

/** The staging table of a collection. No other name contains a colon. */
export function stagingTable({ id }: Pick<CollectionDefinition, 'id'>): string {
  return `${prefix}${id}`
}

const prefix = 'staging:'

/** Selects the names of all staging tables. */
const stagingTables: SQL = sql`SELECT "name" FROM "sqlite_master"
  WHERE "type" = 'table' AND substr("name", 1, ${prefix.length}) = ${prefix}`

/** Selects the names of all indexes of staging tables. */
export const stagingIndexes: SQL = sql`SELECT "name" FROM "sqlite_master"
  WHERE "type" = 'index' AND substr("tbl_name", 1, ${prefix.length}) = ${prefix}`

/** The row of `_params` that identifies the current load. */
const parameter = 'load'
const overtaken = 'arete:load-overtaken'

const storedLoad = lazy(() => z.object({ source: z.string(), definitions: z.string() }))

/**
 * Creates the staging tables of a load, or resumes an interrupted load of the same source.
 *
 * Database: 2 batches, and 1 per 40 collections.
 *
 * @param source identifies the content: the same string for the same content only
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
    sql`SELECT "value" FROM ${paramsTable} WHERE "id" = ${parameter}`,
    stagingTables,
  ])
  const isResumed = isSameLoad(found[0], source, definitions)
  const existing = tables.map(({ name }) => String(name))
  const stamp = formatDate(new Date())
  await runBatch(db, [
    ...(isResumed ? [] : existing.map((name) => sql`DROP TABLE ${sql.identifier(name)}`)),
    sql`INSERT INTO ${paramsTable} ("id", "value", "created", "updated")
      VALUES (${parameter}, ${value}, ${stamp}, ${stamp})
      ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", "updated" = excluded."updated"`,
  ])

  const isCurrent = sql`(SELECT "value" ->> 'run' FROM ${paramsTable} WHERE "id" = ${parameter}) = ${run}`
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
  const load = storedLoad().safeParse(JSON.parse(String(row['value'])))
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
    throw new LoadError('Another load has begun, so this one was stopped.', {
      cause: error,
    })
  }
}

/** The statements that end a load and drop what did not become part of the deployment. */
export function endStaging(): SQL[] {
  return [sql`DELETE FROM ${paramsTable} WHERE "id" = ${parameter}`]
}

const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000

/**
 * Drops the staging tables of a load that was interrupted more than a day ago. They hold records,
 * including secrets.
 *
 * Database: 1 batch, and 1 more if there are any.
 */
export async function dropAbandonedStaging(db: Database, now: Date): Promise<void> {
  const since = formatDate(new Date(now.getTime() - abandonedAfterMilliseconds))
  const isAbandoned = sql`NOT EXISTS (SELECT 1 FROM ${paramsTable} WHERE "id" = ${parameter} AND "updated" > ${since})`
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
