import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { systemCollections } from '#catalog/system-collections.ts'
import type { Database } from '#platform/bindings.ts'
import { readMigrations } from './migrations.ts'

/** A database to try things out on. */
export interface TrialDatabase {
  readonly db: Database
  close(): Promise<void>
}

/**
 * A new D1 database in memory that holds the system tables and no collection: what it refuses, the
 * one of a deployment refuses too.
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
