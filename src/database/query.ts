/*
 * Statements and the reading of their rows, as one value. Queries are put together without anyone
 * counting rows: each reads its own, wherever its statements stand in the batch.
 */
import type { SQL } from 'drizzle-orm'
import type { Database } from '#platform/bindings.ts'
import type { RecordEvent } from '#platform/realtime.ts'
import type { BatchFailure } from './abort.ts'
import { type Row, runBatch } from './batch.ts'

/** The rows of each statement, in the order of the statements. */
export type Rows = readonly (readonly Row[])[]

/** Statements of one batch, and how to read their rows. */
export interface Query<T> {
  readonly statements: readonly SQL[]
  /** Reads the rows; may refuse the request by throwing an ApiError. */
  read(rows: Rows): T
  /** The changes of records that the statements make. */
  readonly changes?: RecordChanges
}

/** Changes of records, as followers of the write learn of them. */
export interface RecordChanges {
  /** The names under which subscriptions know the collections. */
  readonly topics: readonly string[]
  /** Reads the events from the rows of the query. */
  events(rows: Rows): readonly RecordEvent[]
}

/** A request as a query, and the errors that its failures stand for. */
export interface Plan<T> extends Query<T | Promise<T>> {
  /** Returns the error for a guard or constraint of the plan that undid the batch. */
  errorFor?(failure: BatchFailure): Error | Promise<Error>
  /**
   * Returns the error for any other failure of the database, in plans whose statements hold SQL that
   * a superuser wrote; undefined for a defect.
   */
  explain?(error: unknown): Error | undefined | Promise<Error | undefined>
  /** True if the plan changes what the catalog is made from, so that isolates have to read it again. */
  readonly changesCatalog?: boolean
}

/** The value that a query reads. */
export type Read<Q> = Q extends Query<infer T> ? T : never

/** A query of one statement. */
export function one<T>(statement: SQL, read: (rows: readonly Row[]) => T): Query<T> {
  return { statements: [statement], read: ([rows = []]) => read(rows) }
}

/** A query without statements. */
export function constant<T>(value: T): Query<T> {
  return { statements: [], read: () => value }
}

/** Statements whose rows stay as they are. */
export function rowsOf(statements: readonly SQL[]): Query<Rows> {
  return { statements, read: (rows) => rows }
}

/** All queries, one after the other. */
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

/** All queries, each under its name, in the order of the names. */
export function all<Q extends Readonly<Record<string, Query<unknown>>>>(
  queries: Q,
): Query<{ [K in keyof Q]: Read<Q[K]> }> {
  const names = Object.keys(queries)
  return map(list(Object.values(queries)), (values) => {
    const named = names.map((name, at) => [name, values[at]] as const)
    return Object.fromEntries(named) as { [K in keyof Q]: Read<Q[K]> }
  })
}

/** A query between statements whose rows nobody reads, such as guards and counters. */
export function after<Q extends Query<unknown>>(
  preceding: readonly SQL[],
  query: Q,
  following: readonly SQL[] = [],
): Q {
  const joined = list<unknown>([rowsOf(preceding), query, rowsOf(following)])
  return { ...query, ...map(joined, ([, value]) => value) }
}

/** The same statements, read as something else. */
export function map<T, U>(query: Query<T>, change: (value: T) => U): Query<U> {
  return { ...query, read: (rows) => change(query.read(rows)) }
}

/** Runs a query by itself. Database: 1 batch. */
export async function runQuery<T>(db: Database, query: Query<T>): Promise<T> {
  return query.read(await runBatch(db, query.statements))
}
