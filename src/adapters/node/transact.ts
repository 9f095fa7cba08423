import type { DatabaseSync } from 'node:sqlite'

/** Runs statements as one transaction: all of them, or none. */
export function transact(database: DatabaseSync, run: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    run()
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
