import { type SQL, sql } from 'drizzle-orm'

/**
 * Binds an integer. D1 binds every JavaScript number as a REAL, which LIMIT refuses and which
 * divides with a fraction; it binds no `bigint` at all.
 */
export function integer(value: number | bigint): SQL {
  return sql`CAST(${typeof value === 'bigint' ? String(value) : value} AS INTEGER)`
}
