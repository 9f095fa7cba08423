import { systemCollections } from '#catalog/system-collections.ts'
import type { Database } from '#platform/bindings.ts'
import { startRuntime } from './local-runtime.ts'
import { applyMigrations } from './migrations.ts'

/** A temporary database for trials. */
export interface TrialDatabase {
  readonly db: Database
  close(): Promise<void>
}

/**
 * Opens a D1 database in memory with the system tables and no collections. It rejects what a
 * deployment's database rejects.
 */
export async function openTrialDatabase(): Promise<TrialDatabase> {
  const runtime = await startRuntime({
    workers: [
      {
        name: 'trial',
        modules: true,
        script: 'export default {}',
        compatibilityDate: '2026-11-01',
        d1Databases: ['DB'],
      },
    ],
  })
  const db: Database = await runtime.getD1Database('DB')
  await applyMigrations(db)
  await db.batch(systemCollections.map(({ name }) => db.prepare(`DROP TABLE "${name}"`)))
  return { db, close: () => runtime.dispose() }
}
