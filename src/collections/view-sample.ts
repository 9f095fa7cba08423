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
    const fault = databaseFault(error)
    if (fault === undefined) throw error
    return { runs: false, fault }
  }
}
