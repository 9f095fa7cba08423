/*
 * Conditions on the state of a record: the header `If-Match`. A batch before the write reads the
 * record as its caller sees it, whose tag is compared, and its row. The write has a guard that the
 * row is still the same, so that nothing can come between. No column counts versions: a digest works
 * for every record, whatever changed it, and costs a trip only where it is asked for.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { allOf } from '#database/long-expressions.ts'
import { list, map, one, type Query } from '#database/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { readTags, recordTag } from '#http/etag.ts'
import { ApiError } from '#kernel/errors.ts'
import { recordErrors } from '#records/errors.ts'
import { selectVisible } from '#records/read/visible-record.ts'
import type { RecordJson } from '#records/read/record-shape.ts'

/** A record that its caller may view, and its row. */
export interface SeenRecord {
  readonly record: RecordJson
  readonly row: StoredRow
}

/** The values of all columns, in a form that can be compared. */
export type StoredRow = readonly unknown[]

/** Reads a record as its caller sees it; undefined if the caller may not view it. */
export function selectSeen(
  context: PlanContext,
  collection: Collection,
  id: string,
  info: RequestInfo,
): Query<SeenRecord | undefined> {
  const columns = collection.fields.map(
    ({ name }, at) => sql`${comparable(name)} AS ${sql.identifier(`c${at}`)}`,
  )
  const row = sql`SELECT ${sql.join(columns, sql`, `)} FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
  const parts = list<unknown>([
    selectVisible(context, collection, id, info),
    one(row, ([found]) => found && columns.map((_, at) => found[`c${at}`])),
  ])
  return map(parts, (values) => {
    const [record, stored] = values as [RecordJson | undefined, StoredRow | undefined]
    return record && stored && { record, row: stored }
  })
}

/** Fewer than a statement has parameters. */
const columnsEach = 40

/** The conditions for a row to be as it was read, in as many statements as they need. */
export function isUnchanged(collection: Collection, id: string, row: StoredRow): SQL[] {
  const table = sql.identifier(collection.name)
  const same = collection.fields.map(
    ({ name }, at) => sql`${comparable(name)} IS ${row[at] ?? null}`,
  )
  return Array.from({ length: Math.ceil(same.length / columnsEach) }, (_, chunk) => {
    const some = same.slice(chunk * columnsEach, (chunk + 1) * columnsEach)
    return sql`EXISTS (SELECT 1 FROM ${table} WHERE "id" = ${id} AND ${allOf(some)})`
  })
}

/** JavaScript numbers cannot hold every integer, and no blob can be bound. */
function comparable(name: string): SQL {
  const column = sql.identifier(name)
  return sql`CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS TEXT) WHEN 'blob' THEN hex(${column}) ELSE ${column} END`
}

/**
 * The row that a write with `If-Match` must find; undefined if it is not bound by it: for `*`, and
 * for a caller who may not view the record, so that the header reveals nothing.
 *
 * @throws {ApiError} `precondition_failed`, with the tag of the record
 */
export async function rowToMatch(
  header: string,
  seen: SeenRecord | undefined,
): Promise<StoredRow | undefined> {
  if (seen === undefined || header.trim() === '*') return undefined
  const current = await recordTag(seen.record)
  if (readTags(header).some(({ record }) => record === current)) return seen.row
  throw preconditionFailed('If-Match', `"${current}"`)
}

/** The error of a write whose condition does not hold. */
export function preconditionFailed(header: 'If-Match' | 'If-None-Match', etag?: string): ApiError {
  const { preconditionFailed: spec } = recordErrors
  const issues = { [header]: { code: spec.code, message: spec.message } }
  return new ApiError(spec, { issues, ...(etag === undefined ? {} : { etag }) })
}
