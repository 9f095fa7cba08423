import type { DatabaseSync } from 'node:sqlite'
import { transact } from './transact.ts'

/** One file of the folder `drizzle`. */
export interface Migration {
  readonly name: string
  /** All statements; the breakpoints between them are comments. */
  readonly sql: string
}

/** The database has tables that only a newer version of Arete knows. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'

  constructor(unknown: readonly string[]) {
    super(
      `The database is newer than this version of Arete, which does not know ${unknown.join(', ')}.`,
    )
  }
}

/** The table of wrangler, so that a database can move between hosts. */
export const migrationsTable = `CREATE TABLE IF NOT EXISTS "d1_migrations" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT UNIQUE,
  "applied_at" TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/**
 * Applies the missing migrations, each in a transaction of its own.
 *
 * @param migrations all of them, in order
 * @throws {NewerDatabaseError} Before anything is changed.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const applied = appliedMigrations(database)
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new NewerDatabaseError(unknown)

  const done = new Set(applied)
  for (const migration of migrations) {
    if (!done.has(migration.name)) apply(database, migration)
  }
}

function appliedMigrations(database: DatabaseSync): string[] {
  database.exec(migrationsTable)
  const rows = database.prepare('SELECT "name" FROM "d1_migrations" ORDER BY "id"').all()
  return (rows as unknown as string[][]).map(([name = '']) => name)
}

function apply(database: DatabaseSync, { name, sql }: Migration): void {
  try {
    transact(database, () => {
      database.exec(sql)
      database.prepare('INSERT INTO "d1_migrations" ("name") VALUES (?)').run(name)
    })
  } catch (error) {
    throw new Error(`The migration ${name} failed.`, { cause: error })
  }
}
