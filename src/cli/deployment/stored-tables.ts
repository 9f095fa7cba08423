import { createHash, createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrationNames } from './migrations.ts'

/**
 * Runs a statement on the file of a local database, and returns true if the database then has a
 * superuser. Asking the runtime takes half a second, because Miniflare starts a thread for it.
 * Returns undefined, and changes nothing, if a migration is missing or the file cannot be used; then
 * ask the runtime.
 *
 * @param id the id of the database in Miniflare's options
 */
export function runOnStoredTables(
  stateFolder: string,
  id: string,
  statement: string,
): boolean | undefined {
  const file = storedDatabaseFile(stateFolder, id)
  // SQLite would create it.
  if (!existsSync(file)) return undefined
  try {
    const database = new DatabaseSync(file)
    const has = (query: string, ...values: string[]): boolean =>
      database.prepare(query).get(...values) !== undefined
    const isApplied = (name: string): boolean =>
      has('SELECT 1 FROM "d1_migrations" WHERE "name" = ?', name)
    try {
      if (!migrationNames().every(isApplied)) return undefined
      database.exec(statement)
      return has('SELECT 1 FROM "_superusers"')
    } finally {
      database.close()
    }
  } catch {
    // It has no tables yet, or another process has locked it.
    return undefined
  }
}

/**
 * The file of a local database, which may not exist.
 *
 * @param id the id of the database in Miniflare's options
 */
export function storedDatabaseFile(stateFolder: string, id: string): string {
  return join(stateFolder, 'v3/d1', objectClass, `${objectId(objectClass, id)}.sqlite`)
}

/** The unique key of the Durable Objects in which Miniflare stores D1 databases. */
const objectClass = 'miniflare-D1DatabaseObject'

/** Derives the id of a Durable Object from its name, like workerd. The id names the file. */
function objectId(uniqueKey: string, name: string): string {
  const key = createHash('sha256').update(uniqueKey).digest()
  const digest = (text: string | Buffer): Buffer =>
    createHmac('sha256', key).update(text).digest().subarray(0, 16)
  const nameDigest = digest(name)
  return Buffer.concat([nameDigest, digest(nameDigest)]).toString('hex')
}
