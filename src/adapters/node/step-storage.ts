import type { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { StepStorage } from '#platform/step-storage.ts'
import { transact } from './transact.ts'

const table = `CREATE TABLE IF NOT EXISTS "steps" (
  "key" TEXT PRIMARY KEY,
  "value" BLOB NOT NULL
) WITHOUT ROWID`

/** Stores steps in `kv.db`: any value that can be cloned, as in a Durable Object. */
export function createStepStorage(database: DatabaseSync): StepStorage {
  database.exec(table)
  const get = database.prepare('SELECT "value" FROM "steps" WHERE "key" = ?')
  const put = database.prepare('REPLACE INTO "steps" ("key", "value") VALUES (?, ?)')
  const clear = database.prepare('DELETE FROM "steps"')
  return {
    async get<T>(key: string) {
      const row = get.get(key) as unknown as [Uint8Array] | undefined
      return row === undefined ? undefined : (deserialize(row[0]) as T)
    },
    async put(entries) {
      transact(database, () => {
        for (const [key, value] of Object.entries(entries)) put.run(key, serialize(value))
      })
    },
    async deleteAll() {
      clear.run()
    },
  }
}
