import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { systemCollections } from '#catalog/system-collections.ts'
import type { Database } from '#platform/bindings.ts'
import { readMigrations } from './migrations.ts'

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
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script: 'export default {}',
      compatibilityDate: '2026-11-01',
      d1Databases: ['DB'],
    }),
  )
  const db = await miniflare.getD1Database('DB')
  for (const { statements } of await readMigrations()) {
    await db.batch(statements.map((text) => db.prepare(text)))
  }
  await db.batch(systemCollections.map(({ name }) => db.prepare(`DROP TABLE "${name}"`)))
  return { db, close: () => miniflare.dispose() }
}
