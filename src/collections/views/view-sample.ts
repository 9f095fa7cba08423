import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import { findIdFault, sampleOfView } from './view-query.ts'

/** The outcome of running a view's query. */
export interface ViewTrial {
  /** False when the database refused the query; then there is a fault. */
  readonly runs: boolean
  /** The fault in the query, or in the ids it returns. */
  readonly fault: string | undefined
}

/** Runs a query that was analysed without a fault. Database: 1 batch. */
export async function tryViewQuery(db: Database, query: string): Promise<ViewTrial> {
  try {
    const [rows = []] = await runBatch(db, [sampleOfView(query)])
    return { runs: true, fault: findIdFault(rows) }
  } catch (error) {
    const fault = viewQueryFault(error)
    if (fault === undefined) throw error
    return { runs: false, fault }
  }
}

/**
 * The database's message about a view's query; undefined for an error of another kind.
 * Tables are named as inside of a view, with their schema.
 */
export function viewQueryFault(error: unknown): string | undefined {
  return databaseFault(error)?.replace(/no such table: (?!main\.)/, 'no such table: main.')
}
