import type { DatabaseSync } from 'node:sqlite'
import { unixSeconds } from '#kernel/dates.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import { afterPrefix } from './after-prefix.ts'

/** A store in a table. */
export interface NodeKeyValueStore extends KeyValueStore {
  /** Removes some of the expired entries, which are invisible already. */
  sweep(): void
}

const table = `CREATE TABLE IF NOT EXISTS "entries" (
  "key" TEXT PRIMARY KEY,
  "value" TEXT NOT NULL,
  "metadata" TEXT,
  "expires" INTEGER NOT NULL
) WITHOUT ROWID`

const index = 'CREATE INDEX IF NOT EXISTS "entries_expires" ON "entries" ("expires")'

/** As many as a page of Cloudflare's store. */
const pageSize = 1000

/** The limit of Cloudflare's store, in bytes. */
const maxKeyBytes = 512

/** Limits of Cloudflare's store, so that every entry can move there. */
const maxMetadataBytes = 1024
const minLifetimeSeconds = 60

/** Entries that a sweep removes at most, so that it does not delay requests. */
const sweptEntries = 2000

/** A store in `kv.db`. A value is visible to the next call, and gone at the second it expires. */
export function createKeyValueStore(database: DatabaseSync): NodeKeyValueStore {
  database.exec(`${table}; ${index}`)
  const get = database.prepare('SELECT "value" FROM "entries" WHERE "key" = ? AND "expires" > ?')
  const put = database.prepare(
    `INSERT INTO "entries" ("key", "value", "metadata", "expires") VALUES (?, ?, ?, CAST(? AS INTEGER))
    ON CONFLICT ("key") DO UPDATE
    SET "value" = excluded."value", "metadata" = excluded."metadata", "expires" = excluded."expires"`,
  )
  const remove = database.prepare('DELETE FROM "entries" WHERE "key" = ?')
  const list = database.prepare(
    `SELECT "key", "metadata", "expires" FROM "entries"
    WHERE "key" >= ?1 AND "key" < CAST(?2 AS TEXT) AND "key" > ?3 AND "expires" > ?4
    ORDER BY "key" LIMIT ${pageSize + 1}`,
  )
  const sweep = database.prepare(
    `DELETE FROM "entries" WHERE "key" IN
    (SELECT "key" FROM "entries" WHERE "expires" <= ? LIMIT ${sweptEntries})`,
  )
  return {
    // oxlint-disable-next-line typescript/promise-function-async -- it is called on each request
    get(key) {
      const row = get.get(key, now()) as unknown as [string] | undefined
      return Promise.resolve(row === undefined ? null : row[0])
    },
    async put(key, value, { expiration, metadata }) {
      const text = metadata === undefined ? null : JSON.stringify(metadata)
      expectEntry(key, text ?? '', expiration)
      put.run(key, value, text, expiration)
    },
    async delete(key) {
      remove.run(key)
    },
    async list({ prefix, cursor }) {
      const rows = list.all(prefix, afterPrefix(prefix), cursor ?? '', now())
      const found = rows as unknown as [string, string | null, number][]
      const page = found.slice(0, pageSize)
      const isComplete = found.length <= pageSize
      return {
        keys: page.map(([name, metadata, expiration]) => ({
          name,
          expiration,
          ...(metadata === null ? {} : { metadata: JSON.parse(metadata) as unknown }),
        })),
        list_complete: isComplete,
        ...(isComplete ? {} : { cursor: page.at(-1)?.[0] }),
      }
    },
    sweep() {
      sweep.run(now())
    },
  }
}

function now(): number {
  return unixSeconds(new Date())
}

/** Refuses what Cloudflare's store refuses, in its words. */
function expectEntry(key: string, metadata: string, expiration: number): void {
  const size = Buffer.byteLength(key)
  if (size === 0 || size > maxKeyBytes) {
    throw new Error(
      `KV PUT failed: 414 UTF-8 encoded length of ${size} exceeds key length limit of ${maxKeyBytes}.`,
    )
  }
  if (expiration < now() + minLifetimeSeconds) {
    throw new Error(
      `KV PUT failed: 400 Invalid expiration of ${expiration}. Expiration times must be at least ${minLifetimeSeconds} seconds in the future.`,
    )
  }
  if (Buffer.byteLength(metadata) > maxMetadataBytes) {
    throw new Error(`KV PUT failed: 413 Metadata exceeds limit of ${maxMetadataBytes}.`)
  }
}
