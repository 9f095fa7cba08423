import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { holdDataFolder } from '#adapters/node/data-folder.ts'
import { openDiskBucket } from '#adapters/node/disk-bucket.ts'
import { createKeyValueStore } from '#adapters/node/key-value-store.ts'
import { migrate } from '#adapters/node/migrate.ts'
import { NodeDatabase } from '#adapters/node/node-database.ts'
import { openSqlite } from '#adapters/node/open-sqlite.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import type { Database } from '#platform/bindings.ts'
import type { Deployment } from './deployment.ts'
import { readMigrations } from './migrations.ts'

/**
 * Opens the data folder of a server on Node, made if it is missing, and migrates it. The server must not be running.
 *
 * @throws {DataFolderError} If the folder cannot be used, or a server uses it.
 */
export async function openDataFolder(folder: string): Promise<Deployment> {
  const migrations = await readMigrations()
  const held = holdDataFolder(folder)
  const opened: DatabaseSync[] = []
  const open = (name: string): DatabaseSync => {
    const database = openSqlite(join(folder, name))
    opened.push(database)
    return database
  }
  const closeAll = (): void => {
    for (const database of opened) database.close()
    held.release()
  }
  try {
    const data = open('data.db')
    migrate(data, migrations)
    const sessions = createKeyValueStore(open('kv.db'))
    const files = await openDiskBucket(join(folder, 'storage'))
    return {
      db: new NodeDatabase(data),
      files,
      sessions,
      async close() {
        await files.close()
        closeAll()
      },
    }
  } catch (error) {
    closeAll()
    throw error
  }
}

/** @throws {UsageError} If the folder is not a data folder. */
export function expectDataFolder(folder: string): void {
  if (existsSync(join(folder, 'data.db'))) return
  throw new UsageError(`${folder} is not a data folder of Arete: it has no data.db.`)
}

/** The database of a data folder, which a server may be using. */
export interface SharedDatabase {
  readonly db: Database
  close(): Promise<void>
}

/**
 * Opens the database of a data folder beside a server that may be running.
 *
 * @throws {UsageError} If there is none.
 */
export async function openSharedDatabase(folder: string): Promise<SharedDatabase> {
  expectDataFolder(folder)
  const migrations = await readMigrations()
  const database = openSqlite(join(folder, 'data.db'))
  try {
    migrate(database, migrations)
  } catch (error) {
    database.close()
    throw error
  }
  return { db: new NodeDatabase(database), close: async () => database.close() }
}
