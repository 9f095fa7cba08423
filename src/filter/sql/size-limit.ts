import type { SQL } from 'drizzle-orm'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { Term } from './term.ts'
import { sqlLength } from './term.ts'

/** D1 joins 64 tables, including the base. */
const maxJoins = 62

/** Joins of all terms together, which a statement costs before it reads a row. */
const maxAllJoins = 400

/** D1 accepts statements of 100,000 bytes. The rest is left to the caller. */
const maxSqlLength = 80_000

/** D1 accepts expressions 100 levels deep. Some levels are left to the caller. */
const maxDepth = 90

/** The parts of a query that D1 limits. */
export interface QuerySize {
  /** The conditions and terms. */
  readonly parts: readonly Term[]
  readonly joins: readonly SQL[]
  readonly tables: readonly SQL[]
  /** The depth of the conditions in the tables. */
  readonly listDepth: number
  /** The joins of all terms and tables. */
  readonly allJoins: number
  /** True if the conditions go into an `EXISTS` of another statement, like rules. */
  readonly isNested: boolean
}

/**
 * Rejects what D1 would reject at run time: too many joins, too long a statement, too deep an
 * expression.
 *
 * SQLite adds the depth of a nested condition to the surrounding statement's, so there it counts
 * twice. It also chains the conditions of joins onto the others, one level each.
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
