/*
 * What we ask of a host: the binding interfaces of Workers, narrowed to the methods we call. On
 * Workers the bindings are passed through as they are.
 */

/** A prepared statement, bound or not. */
export interface PreparedStatement {
  bind(...values: unknown[]): PreparedStatement
}

/** What one statement of a batch gave. */
export interface StatementResult {
  readonly results: readonly Record<string, unknown>[]
  readonly meta: {
    readonly rows_read?: number
    readonly rows_written?: number
    readonly changes?: number
  }
}

/** The part of `D1Database` we use. */
export interface Database {
  prepare(sql: string): PreparedStatement
  /** One transaction: every statement commits, or none. */
  batch(statements: PreparedStatement[]): Promise<StatementResult[]>
}

/** The part of `D1Database` that gives rows as lists, which keeps columns of one name apart. */
export interface RawDatabase {
  prepare(sql: string): {
    /** The first row holds the names of the columns. */
    raw(options: { columnNames: true }): Promise<unknown[][]>
  }
}

/** The part of `KVNamespace` we use. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>
  put(
    key: string,
    value: string,
    options: { expiration: number; metadata?: Record<string, unknown> },
  ): Promise<void>
  delete(key: string): Promise<void>
  list(options: { prefix: string; cursor?: string }): Promise<{
    readonly keys: readonly { readonly name: string; readonly metadata?: unknown }[]
    readonly list_complete: boolean
    readonly cursor?: string
  }>
}

/** Work that goes on after the answer has left. */
export interface Background {
  run(work: Promise<unknown>): void
}
