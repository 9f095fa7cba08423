/*
 * Statements and the reader of their rows, as one value. Queries are combined without counting
 * rows: each reads its own, at any position in the batch.
 */
import type { SQL } from 'drizzle-orm'
import type { Database } from '#platform/bindings.ts'
import type { RecordEvent } from '#platform/realtime.ts'
import type { BatchFailure } from './abort.ts'
import { type Row, runBatch } from './batch.ts'

/** The rows of each statement, in order. */
export type Rows = readonly (readonly Row[])[]

/** Statements of one batch, and how to read their rows. */
export interface Query<T> {
  readonly statements: readonly SQL[]
  /** Reads the rows. May throw an ApiError to fail the request. */
  read(rows: Rows): T
  /** The changes of records by the statements. */
  readonly changes?: RecordChanges
}

/** Changes of records, for followers of the write. */
export interface RecordChanges {
  /** The topics of the collections. */
  readonly topics: readonly string[]
  /** Reads the events from the rows of the query. */
  events(rows: Rows): readonly RecordEvent[]
}

/** A request as a query, with the errors for its failures. */
export interface Plan<T> extends Query<T | Promise<T>> {
  /** Returns the error for a guard or constraint of the plan that undid the batch. */
  errorFor?(failure: BatchFailure): Error | Promise<Error>
  /**
   * Returns the error for any other failure of the database, in plans that contain SQL of a
   * superuser; undefined for a defect.
   */
  explain?(error: unknown): Error | undefined | Promise<Error | undefined>
  /** True if a guard found that what the plan was made with has changed: it must be planned again. */
  isConflict?(failure: BatchFailure): boolean
  /** True if the plan changes the data of the catalog, so that isolates must read it again. */
  readonly changesCatalog?: boolean
}

/** The result of a query. */
export type Read<Q> = Q extends Query<infer T> ? T : never

/** A query of one statement. */
export function one<T>(statement: SQL, read: (rows: readonly Row[]) => T): Query<T> {
  return { statements: [statement], read: ([rows = []]) => read(rows) }
}

/** A query without statements. */
export function constant<T>(value: T): Query<T> {
  return { statements: [], read: () => value }
}

/** Statements with unchanged rows as their result. */
export function rowsOf(statements: readonly SQL[]): Query<Rows> {
  return { statements, read: (rows) => rows }
}

/** Runs queries one after another and collects their results. */
export function list<T>(queries: readonly Query<T>[]): Query<T[]> {
  const parts: { readonly query: Query<T>; readonly start: number; readonly end: number }[] = []
  const statements: SQL[] = []
  for (const query of queries) {
    const start = statements.length
    statements.push(...query.statements)
    parts.push({ query, start, end: statements.length })
  }
  const changing = parts.flatMap(({ query: { changes }, start, end }) =>
    changes === undefined ? [] : [{ changes, start, end }],
  )
  return {
    statements,
    read: (rows) => parts.map(({ query, start, end }) => query.read(rows.slice(start, end))),
    ...(changing.length > 0 && {
      changes: {
        topics: [...new Set(changing.flatMap(({ changes }) => changes.topics))],
        events: (rows) =>
          changing.flatMap(({ changes, start, end }) => changes.events(rows.slice(start, end))),
      },
    }),
  }
}

/** Runs named queries in order and returns their results by name. */
export function all<Q extends Readonly<Record<string, Query<unknown>>>>(
  queries: Q,
): Query<{ [K in keyof Q]: Read<Q[K]> }> {
  const names = Object.keys(queries)
  return map(list(Object.values(queries)), (values) => {
    const named = names.map((name, at) => [name, values[at]] as const)
    return Object.fromEntries(named) as { [K in keyof Q]: Read<Q[K]> }
  })
}

/** A query surrounded by statements whose rows are not used, such as guards and counters. */
export function after<Q extends Query<unknown>>(
  preceding: readonly SQL[],
  query: Q,
  following: readonly SQL[] = [],
): Q {
  const joined = list<unknown>([rowsOf(preceding), query, rowsOf(following)])
  return { ...query, ...map(joined, ([, value]) => value) }
}

/** The same statements with another result. */
export function map<T, U>(query: Query<T>, change: (value: T) => U): Query<U> {
  return { ...query, read: (rows) => change(query.read(rows)) }
}

/** Runs a query by itself. Database: 1 batch. */
export async function runQuery<T>(db: Database, query: Query<T>): Promise<T> {
  return query.read(await runBatch(db, query.statements))
}
