import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { systemCollections } from '#collections/system-collections.ts'
import type { Database } from '#platform/bindings.ts'
import { migrationFiles } from './deployment.ts'
import { projectFolder } from './wrangler.ts'

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
  for (const statements of await migrations()) {
    await db.batch(statements.map((text) => db.prepare(text)))
  }
  await db.batch(systemCollections.map(({ name }) => db.prepare(`DROP TABLE "${name}"`)))
  return { db, close: () => miniflare.dispose() }
}

/** The statements of every migration, in order. */
async function migrations(): Promise<string[][]> {
  const folder = join(projectFolder, 'drizzle')
  const names = await migrationFiles()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.map((text) =>
    text
      .split('--> statement-breakpoint')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== ''),
  )
}
