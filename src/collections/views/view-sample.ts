import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import { findIdFault, sampleOfView } from './view-query.ts'

/** The outcome of running a view's query. */
export interface ViewTrial {
  /** False if the database rejected the query; then there is an error. */
  readonly runs: boolean
  /** The error in the query, or in the ids it returns. */
  readonly fault: string | undefined
}

/** Runs a validated query. Database: 1 batch. */
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
 * The database's message about a view's query; undefined for other errors. Tables are named with
 * their schema, as inside a view.
 */
export function viewQueryFault(error: unknown): string | undefined {
  return databaseFault(error)?.replace(/no such table: (?!main\.)/, 'no such table: main.')
}
