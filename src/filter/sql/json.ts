import { sql } from 'drizzle-orm'
import { arrayIn, listIn } from '#database/json-list.ts'
import type { Term } from './term.ts'
import { term } from './term.ts'

/** The JSON array in a column, or an array of its value if it holds none. */
export function arrayOf(value: Term): Term {
  return term(arrayIn(value.sql), 4, value)
}

/** The number of values in a column: none if empty or NULL, one if it is not an array. */
export function lengthOf(value: Term): Term {
  return term(sql`json_array_length(${listIn(value.sql)})`, 5, value)
}

/**
 * The value at a path of a JSON document, as SQL sees it: text, number, NULL; 1 and 0 for booleans;
 * JSON text for arrays and objects. Text that is not JSON counts as a JSON string.
 */
export function extract(document: Term, path: string): Term {
  const d = document.sql
  const query = sql`CASE WHEN json_valid(${d}) THEN json_extract(${d}, ${`$${path}`}) ELSE json_extract(json_object('value', ${d}), ${`$.value${path}`}) END`
  return term(query, 3, document)
}

/**
 * The path for the segments after a JSON field's name: digits are array indexes, everything else is
 * a key. Undefined if a segment has no letter, digit or underscore that could be a key.
 */
export function jsonPath(segments: readonly string[]): string | undefined {
  // The remaining characters are safe in an unquoted path.
  const keys = segments.map((segment) => segment.replace(/\W/g, ''))
  if (keys.includes('')) return undefined
  return keys.map((key) => (/^\d{1,18}$/.test(key) ? `[${Number(key)}]` : `.${key}`)).join('')
}
