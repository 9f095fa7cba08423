import { type SQL, sql } from 'drizzle-orm'
import type { Value } from './value.ts'

/**
 * Binds an integer. D1 binds every JavaScript number as a REAL, which LIMIT refuses and which
 * divides with a fraction; it binds no `bigint` at all.
 */
export function integer(value: number | bigint | Value<number>): SQL {
  if (typeof value === 'object') return sql`CAST(${value.sql} AS INTEGER)`
  return sql`CAST(${typeof value === 'bigint' ? String(value) : value} AS INTEGER)`
}
