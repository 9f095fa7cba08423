/*
 * Expressions of any number of terms. They are balanced trees, since D1 nests an expression at most
 * a hundred levels deep.
 */
import { type SQL, sql } from 'drizzle-orm'
import { balanced } from '#kernel/balanced.ts'

/** Joins conditions with AND; none is true. */
export function allOf(conditions: readonly SQL[]): SQL {
  return balanced(conditions, (left, right) => sql`(${left} AND ${right})`, sql`TRUE`)
}

/** Concatenates texts. */
export function concatenation(texts: readonly SQL[]): SQL {
  return balanced(texts, (left, right) => sql`(${left} || ${right})`, sql`''`)
}

/** Adds numbers. */
export function sumOf(numbers: readonly SQL[]): SQL {
  return balanced(numbers, (left, right) => sql`(${left} + ${right})`, sql`0`)
}
