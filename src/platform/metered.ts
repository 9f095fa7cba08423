import type { Database, KeyValueStore } from './bindings.ts'

/** The work a database did, as it reports it. */
export interface DatabaseUse {
  /** Round trips. */
  readonly batches: number
  /** Undefined if it has run batches and does not count the rows they read. */
  readonly rowsRead: number | undefined
  readonly rowsWritten: number
  /** Time spent waiting for it. */
  readonly milliseconds: number
}

/** A database that counts its round trips and the rows that they touch. */
export interface MeteredDatabase {
  readonly port: Database
  use(): DatabaseUse
}

/** A store that counts its calls. */
export interface MeteredStore {
  readonly port: KeyValueStore
  reads(): number
  writes(): number
}

/** Counts the batches sent. A batch is one round trip. A batch that fails has read no rows. */
export function meterDatabase(db: Database): MeteredDatabase {
  let [batches, rowsWritten, milliseconds] = [0, 0, 0]
  let rowsRead: number | undefined = 0
  return {
    port: {
      prepare: (sql) => db.prepare(sql),
      batch: async (statements) => {
        batches++
        const started = performance.now()
        try {
          const results = await db.batch(statements)
          for (const { meta } of results) {
            rowsRead = add(rowsRead, meta.rows_read)
            rowsWritten += meta.rows_written ?? 0
          }
          return results
        } finally {
          milliseconds += performance.now() - started
        }
      },
    },
    use: () => ({ batches, rowsRead, rowsWritten, milliseconds }),
  }
}

/** A sum, unknown if a part of it is. */
function add(sum: number | undefined, count: number | undefined): number | undefined {
  return sum === undefined || count === undefined ? undefined : sum + count
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
