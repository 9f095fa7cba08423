/*
 * A stored record, read before a write that depends on it, and the guard that it is still as it was
 * read. D1 has no interactive transactions, so a write that meets a change is planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Row } from '#database/batch.ts'
import { allOf } from '#database/long-expressions.ts'
import { one, type Query } from '#database/query.ts'
import type { ColumnValue } from '#fields/definition/field-type.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { type RecordJson, snapshotJson } from './read/record-shape.ts'
import { guestRequest } from './request-info.ts'

/** A record as it was read; undefined if there was none. */
export interface StoredRecord {
  readonly record: RecordJson | undefined
  /** True as long as nothing of it has changed. */
  readonly isUnchanged: SQL
}

/** Sees hidden fields; secrets of accounts are shown to none. */
const deployment: RequestInfo = {
  ...guestRequest({ context: 'system', method: '', query: {}, headers: {} }),
  isSuperuser: true,
}

/** Reads a record with all its columns. */
export function selectStored(collection: Collection, id: string): Query<StoredRecord> {
  const table = sql.identifier(collection.name)
  const ofRecord = sql`FROM ${table} WHERE "id" = ${id}`
  return one(sql`SELECT * ${ofRecord}`, ([row]) => {
    if (row === undefined) {
      return { record: undefined, isUnchanged: sql`NOT EXISTS (SELECT 1 ${ofRecord})` }
    }
    const columns = collection.fields.map(
      ({ name }) => sql`${sql.identifier(name)} IS ${row[name] as ColumnValue}`,
    )
    return {
      record: storedRecordJson(collection, row),
      isUnchanged: sql`EXISTS (SELECT 1 ${ofRecord} AND ${allOf(columns)})`,
    }
  })
}

/** A record as the deployment sees it, from its columns by name. */
export function storedRecordJson(collection: Collection, row: Row): RecordJson {
  return snapshotJson(collection, row, deployment, true)
}
