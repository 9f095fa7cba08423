import { type SQL, sql } from 'drizzle-orm'

/*
 * Names inside one statement. Names of collections have only word characters, so a name with `#`
 * never hides a collection's table.
 */

/** A column of a table or alias, both taken from a compiled collection or from below. */
export function columnOf(alias: string, name: string): SQL {
  return sql`${sql.identifier(alias)}.${sql.identifier(name)}`
}

/** The name of a common table expression that no collection can have. */
export function internalName(suffix: string | number): string {
  return `#${suffix}`
}
