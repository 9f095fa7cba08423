import { createHash, createHmac } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrationNames } from './migrations.ts'

/** The state of the tables in a local database. */
export interface StoredTables {
  readonly areUpToDate: boolean
  readonly hasSuperuser: boolean
}

/**
 * Reads the tables from the file of a local database. Asking the runtime takes half a second, because
 * Miniflare starts a thread for it. Returns undefined if the file cannot be read; then ask the
 * runtime.
 *
 * @param id the id of the database in Miniflare's options
 */
export function readStoredTables(stateFolder: string, id: string): StoredTables | undefined {
  const file = join(stateFolder, 'v3/d1', objectClass, `${objectId(objectClass, id)}.sqlite`)
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    const has = (query: string, ...values: string[]): boolean =>
      database.prepare(query).get(...values) !== undefined
    const isApplied = (name: string): boolean =>
      has('SELECT 1 FROM "d1_migrations" WHERE "name" = ?', name)
    try {
      return {
        areUpToDate: migrationNames().every(isApplied),
        hasSuperuser: has('SELECT 1 FROM "_superusers"'),
      }
    } finally {
      database.close()
    }
  } catch {
    // There is no file, it has no tables yet, or another process has locked it.
    return undefined
  }
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
