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
  return balanced(conditions, sql`AND`, sql`TRUE`)
}

/** Concatenates texts as a balanced tree, for the same reason. */
export function concatenation(texts: readonly SQL[]): SQL {
  return balanced(texts, sql`||`, sql`''`)
}

/** Adds numbers as a balanced tree, for the same reason. */
export function sumOf(numbers: readonly SQL[]): SQL {
  return balanced(numbers, sql`+`, sql`0`)
}

function balanced(parts: readonly SQL[], operator: SQL, none: SQL): SQL {
  const [first, second] = parts
  if (first === undefined) return none
  if (second === undefined) return first
  const middle = parts.length >> 1
  const [left, right] = [parts.slice(0, middle), parts.slice(middle)]
  return sql`(${balanced(left, operator, none)} ${operator} ${balanced(right, operator, none)})`
}
