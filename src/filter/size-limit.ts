import type { SQL } from 'drizzle-orm'
import { FilterError } from './filter-error.ts'
import type { Term } from './term.ts'
import { sqlLength } from './term.ts'

/** D1 joins 64 tables, the base among them. */
const maxJoins = 62

/** Joins of all terms together: what a statement costs before it reads a row. */
const maxAllJoins = 400

/** D1 takes statements of 100,000 bytes; the rest is left to the caller. */
const maxSqlLength = 80_000

/** D1 takes expressions 100 deep; some levels are left to the caller. */
const maxDepth = 90

/** What a query consists of, as far as D1 limits it. */
export interface QuerySize {
  /** The conditions and terms. */
  readonly parts: readonly Term[]
  readonly joins: readonly SQL[]
  readonly tables: readonly SQL[]
  /** How deep the conditions in the tables are. */
  readonly listDepth: number
  /** The joins of all terms and tables. */
  readonly allJoins: number
  /** Whether the conditions may stand in an `EXISTS` of another statement, as those of rules do. */
  readonly isNested: boolean
}

/**
 * Refuses what D1 would refuse when it runs: too many joins, too long a statement, too deep an expression.
 *
 * SQLite adds the depth of a nested condition to that of the statement around it, so there it counts
 * twice; and it strings the conditions of joins onto the others, one level each.
 */
export function sizeFault(size: QuerySize): FilterError | undefined {
  const { parts, joins, tables, listDepth, allJoins, isNested } = size
  if (joins.length > maxJoins || allJoins > maxAllJoins) {
    return new FilterError('The expression has too many relations.', 0, 'limit')
  }
  const depth = Math.max(0, ...parts.map((part) => part.depth))
  const innerDepth = Math.max(0, ...parts.map((part) => part.innerDepth ?? 0))
  const levels = (isNested ? 2 : 1) * depth + Math.max(innerDepth + joins.length, listDepth)
  if (levels > maxDepth) {
    return new FilterError('The expression is nested too deeply.', 0, 'limit')
  }

  let room = maxSqlLength
  for (const query of [...joins, ...tables, ...parts.map((part) => part.sql)]) {
    room -= sqlLength(query, room)
  }
  return room < 0 ? new FilterError('The expression is too long.', 0, 'limit') : undefined
}
