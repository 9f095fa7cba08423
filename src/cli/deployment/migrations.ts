import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Migration, migrationsTable } from '#adapters/node/migrate.ts'
import type { Database } from '#platform/bindings.ts'
import { homeFolder } from './project-folder.ts'

const folder = join(homeFolder, 'drizzle')

/** The names of all migrations, in order. */
export function migrationNames(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
}

/** All migrations of the system tables, in order. */
export async function readMigrations(): Promise<readonly Migration[]> {
  return await Promise.all(
    migrationNames().map(async (name) => ({
      name,
      sql: (await readFile(join(folder, name), 'utf8')).trim(),
    })),
  )
}

/**
 * Applies missing migrations to a local database, all or none. Records them in wrangler's table, so
 * that either can continue where the other stopped.
 *
 * Database: 1 batch, and 1 if a migration is missing.
 */
export async function applyMigrations(db: Database): Promise<void> {
  const applied = await appliedMigrations(db)
  const missing = (await readMigrations()).filter(({ name }) => !applied.has(name))
  if (missing.length === 0) return
  try {
    await db.batch([
      db.prepare(migrationsTable),
      // A statement each, because Miniflare waits for the runtime whenever one is prepared.
      ...missing.map(({ sql }) => db.prepare(sql)),
      db
        .prepare('INSERT INTO "d1_migrations" ("name") SELECT "value" FROM json_each(?)')
        .bind(JSON.stringify(missing.map(({ name }) => name))),
    ])
  } catch (error) {
    // Another process may have applied some at the same time.
    if ((await appliedMigrations(db)).size === applied.size) throw error
    await applyMigrations(db)
  }
}

async function appliedMigrations(db: Database): Promise<ReadonlySet<unknown>> {
  try {
    const [rows] = await db.batch([db.prepare('SELECT "name" FROM "d1_migrations"')])
    return new Set(rows?.results.map(({ name }) => name))
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('no such table')) throw error
    return new Set()
  }
}
