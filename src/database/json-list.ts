/*
 * Columns that hold a JSON array, or may hold one: a field can have had another type or another
 * maximum of values, and superusers can store anything.
 */
import { type SQL, sql } from 'drizzle-orm'

/** The JSON array in a column, or an array of its value if it holds none. For `json_each`. */
export function arrayIn(value: SQL): SQL {
  return sql`CASE WHEN ${isArray(value)} THEN ${value} ELSE json_array(${value}) END`
}

/** The same, but empty for NULL and an empty string. */
export function listIn(value: SQL): SQL {
  return sql`CASE WHEN ${isArray(value)} THEN ${value} WHEN ${value} = '' OR ${value} IS NULL THEN '[]' ELSE json_array(${value}) END`
}

/** JSON functions fail for text that is not JSON, and only CASE and iif stop before them. */
function isArray(value: SQL): SQL {
  return sql`iif(json_valid(${value}), json_type(${value}) = 'array', 0)`
}
