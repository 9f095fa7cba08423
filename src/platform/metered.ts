import type { Database, KeyValueStore } from './bindings.ts'

/** A database that counts its round trips. */
export interface MeteredDatabase {
  readonly port: Database
  batches(): number
}

/** A store that counts its calls. */
export interface MeteredStore {
  readonly port: KeyValueStore
  reads(): number
  writes(): number
}

/** Counts the batches sent. A batch is one round trip. */
export function meterDatabase(db: Database): MeteredDatabase {
  let batches = 0
  return {
    port: {
      prepare: (sql) => db.prepare(sql),
      batch: (statements) => {
        batches++
        return db.batch(statements)
      },
    },
    batches: () => batches,
  }
}

/** Counts reads and writes. A page of a list is a read. */
export function meterKeyValueStore(store: KeyValueStore): MeteredStore {
  let reads = 0
  let writes = 0
  return {
    port: {
      get: (key) => {
        reads++
        return store.get(key)
      },
      list: (options) => {
        reads++
        return store.list(options)
      },
      put: (key, value, options) => {
        writes++
        return store.put(key, value, options)
      },
      delete: (key) => {
        writes++
        return store.delete(key)
      },
    },
    reads: () => reads,
    writes: () => writes,
  }
}
