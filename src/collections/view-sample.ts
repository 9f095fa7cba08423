import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { databaseFault } from './database-error.ts'
import { findIdFault, sampleOfView } from './view-query.ts'

/** What came of running the query of a view. */
export interface ViewTrial {
  /** False when the database refused the query; then there is a fault. */
  readonly runs: boolean
  /** What is wrong with the query, or with the ids it gives. */
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
 * What the database says of a view's query; undefined for an error that is none of the database.
 * Tables are named as inside of a view, with their schema.
 */
export function viewQueryFault(error: unknown): string | undefined {
  return databaseFault(error)?.replace(/no such table: (?!main\.)/, 'no such table: main.')
}
