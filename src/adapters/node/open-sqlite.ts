import { DatabaseSync } from 'node:sqlite'

/**
 * The writes that survive a loss of power. `normal` never damages a database, but may lose the last writes;
 * `full` syncs each write to the disk. A process that ends loses nothing either way.
 */
export type Durability = 'normal' | 'full'

/** Options for a database file. */
export interface OpenOptions {
  readonly durability?: Durability
  /** D1's limits, for tests. */
  readonly limits?: 'sqlite' | 'd1'
  /** The pages kept in memory, in KiB, which the cache of the file system backs. */
  readonly cacheKib?: number
}

/** The time that a statement waits for another process to finish writing. */
const busyMilliseconds = 5000

const smallCacheKib = 2 * 1024

/**
 * True if the depth of expressions can be limited as on D1. Since 3.54, which Bun has, SQLite counts the
 * tables of WITH into it, so that D1's limit would refuse statements that D1 runs.
 */
export const hasDepthLimit = Number(process.versions.sqlite?.split('.')[1]) < 54

/**
 * D1's limits. The number of arguments is what it has in production.
 *
 * @see https://developers.cloudflare.com/d1/platform/limits/
 */
function limitLikeD1({ limits }: DatabaseSync): void {
  limits.length = 2_000_000
  limits.sqlLength = 100_000
  limits.column = 100
  if (hasDepthLimit) limits.exprDepth = 100
  limits.compoundSelect = 5
  limits.functionArg = 32
  limits.likePatternLength = 50
  limits.variableNumber = 100
}

/** Opens a database file in WAL mode; creates it if it is missing. Rows are lists of values. */
export function openSqlite(file: string, options: OpenOptions = {}): DatabaseSync {
  const database = new DatabaseSync(file, {
    timeout: busyMilliseconds,
    returnArrays: true,
    // As on D1, which is how SQLite is compiled by default.
    enableDoubleQuotedStringLiterals: true,
  })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`PRAGMA synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'}`)
    database.exec(`PRAGMA cache_size = -${options.cacheKib ?? smallCacheKib}`)
    database.exec('PRAGMA temp_store = MEMORY')
    if (options.limits === 'd1') limitLikeD1(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
