import type { SQL } from 'drizzle-orm'
import type { Database } from '#platform/bindings.ts'
import { toStatement } from './statement.ts'

/** A row as D1 returns it, by column name. */
export type Row = Readonly<Record<string, unknown>>

/**
 * Sends statements as one transaction and returns the rows of each, in order.
 *
 * Database: 1 round trip, whatever the number of statements.
 */
export async function runBatch(db: Database, queries: readonly SQL[]): Promise<(readonly Row[])[]> {
  const statements = queries.map((query) => {
    const { sql, params } = toStatement(query)
    return params.length === 0 ? db.prepare(sql) : db.prepare(sql).bind(...params)
  })
  const results = await db.batch(statements)
  return results.map((result) => result.results)
}
