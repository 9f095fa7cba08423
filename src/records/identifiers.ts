import { type SQL, sql } from 'drizzle-orm'

/*
 * Names inside one statement. Collections are named by word characters alone, so a name with `#`
 * in it can never hide a collection's table.
 */

/** A column of a table or alias, both taken from a compiled collection or from below. */
export function columnOf(alias: string, name: string): SQL {
  return sql`${sql.identifier(alias)}.${sql.identifier(name)}`
}

/** The name of a common table expression that no collection can have. */
export function internalName(suffix: string | number): string {
  return `#${suffix}`
}

/**
 * Joins conditions with AND as a balanced tree, since D1 limits the depth of an expression; none is
 * true.
 */
export function allOf(conditions: readonly SQL[]): SQL {
  const [first, second] = conditions
  if (first === undefined) return sql`TRUE`
  if (second === undefined) return first
  const middle = conditions.length >> 1
  return sql`(${allOf(conditions.slice(0, middle))} AND ${allOf(conditions.slice(middle))})`
}

/** Concatenates texts as a balanced tree, for the same reason. */
export function concatenation(texts: readonly SQL[]): SQL {
  const [first, second] = texts
  if (first === undefined) return sql`''`
  if (second === undefined) return first
  const middle = texts.length >> 1
  return sql`(${concatenation(texts.slice(0, middle))} || ${concatenation(texts.slice(middle))})`
}
