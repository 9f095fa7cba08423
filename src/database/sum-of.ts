import { type SQL, sql } from 'drizzle-orm'

/** A sum as a balanced tree: the database nests expressions a hundred deep at most. */
export function sumOf(terms: readonly SQL[]): SQL {
  const middle = Math.ceil(terms.length / 2)
  return terms.length <= 1
    ? (terms[0] ?? sql`0`)
    : sql`(${sumOf(terms.slice(0, middle))} + ${sumOf(terms.slice(middle))})`
}
