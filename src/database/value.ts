/*
 * Values that SQL is made for. A fixed value is known. An open one belongs to whichever request runs
 * the statement later: it can be bound as a parameter, but code that needs to know something about
 * it must ask, and the answer becomes a condition for using the statement again.
 */
import { type SQL, sql } from 'drizzle-orm'

/** An answer that decides the text of a statement. Objects are compared by identity. */
export type Answer = string | number | boolean | object | undefined

/** A value for SQL, fixed or open. */
export interface Value<T> {
  /** The value as a parameter. */
  readonly sql: SQL
  /** A value derived from it. */
  map<U>(change: (value: T) => U): Value<U>
  /** Asks what the text of the statement depends on. */
  ask<A extends Answer>(question: (value: T) => A): A
}

/** A known value. */
export function fixed<T>(value: T): Value<T> {
  return {
    get sql() {
      return sql`${value}`
    },
    map: (change) => fixed(change(value)),
    ask: (question) => question(value),
  }
}
