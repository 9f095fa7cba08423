import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { projectFolder } from './project-folder.ts'

/** One file of the folder `drizzle`. */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
}

/** All migrations of the system tables, in order. */
export async function readMigrations(): Promise<readonly Migration[]> {
  const folder = join(projectFolder, 'drizzle')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return await Promise.all(
    names.map(async (name) => ({
      name,
      statements: (await readFile(join(folder, name), 'utf8'))
        .split('--> statement-breakpoint')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ''),
    })),
  )
}

/**
 * Applies missing migrations to a local database. Records them in wrangler's table, so that either
 * can continue where the other stopped.
 *
 * Database: 1 batch, and 1 per missing migration.
 */
export async function applyMigrations(db: Database): Promise<void> {
  const applied = await appliedMigrations(db)
  const missing = (await readMigrations()).filter(({ name }) => !applied.has(name))
  if (missing.length === 0) return
  await runBatch(db, [
    sql`CREATE TABLE IF NOT EXISTS "d1_migrations" (
      "id" INTEGER PRIMARY KEY AUTOINCREMENT,
      "name" TEXT UNIQUE,
      "applied_at" TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
    )`,
  ])
  for (const migration of missing) await apply(db, migration)
}

async function apply(db: Database, { name, statements }: Migration): Promise<void> {
  try {
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare('INSERT INTO "d1_migrations" ("name") VALUES (?)').bind(name),
    ])
  } catch (error) {
    // Another process may have applied it at the same time.
    if (!(await appliedMigrations(db)).has(name)) throw error
  }
}

async function appliedMigrations(db: Database): Promise<ReadonlySet<unknown>> {
  try {
    const [rows = []] = await runBatch(db, [sql`SELECT "name" FROM "d1_migrations"`])
    return new Set(rows.map(({ name }) => name))
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('no such table')) throw error
    return new Set()
  }
}
