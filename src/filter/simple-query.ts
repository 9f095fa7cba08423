import { sql } from 'drizzle-orm'
import { FilterFault } from './fault.ts'
import type { FilterQuery } from './query.ts'
import { Joins } from './joins.ts'
import { jsonPath } from './json.ts'
import type { ResolvedOperand } from './operand.ts'
import { unknownValue } from './operand.ts'
import { compileSort } from './sort.ts'
import { column, sqlLength, term } from './term.ts'
import { compileFilter } from './to-sql.ts'

/** What filters over a table of ours may name. */
export interface SimpleQueryOptions {
  /** The name under which the columns are visible in the query. */
  readonly alias: string
  readonly columns: readonly string[]
  /** Those of them that hold JSON, so that `data.path` reads from it. */
  readonly jsonColumns?: readonly string[]
  readonly now?: Date
}

/** The conditions and the order of one SELECT without relations. */
export type SimpleQuery = {
  where(filter: Parameters<FilterQuery['where']>[0]): ReturnType<FilterQuery['where']>
  orderBy(sort: string): ReturnType<FilterQuery['orderBy']>
}

const maxSqlLength = 80_000

/** Filters and sorts over the named columns of one table: the same language, without relations. */
export function createSimpleQuery(options: SimpleQueryOptions): SimpleQuery {
  const { alias, columns, jsonColumns = [], now = new Date() } = options

  return {
    where(filter) {
      const rows = { alias, joins: new Joins('') }
      const compiled = compileFilter(filter, { rows, now, resolve })
      if (compiled instanceof FilterFault) return { ok: false, fault: compiled }
      if (sqlLength(compiled.sql, maxSqlLength) > maxSqlLength) {
        return { ok: false, fault: new FilterFault('The expression is too long.', 0) }
      }
      return { ok: true, sql: compiled.sql }
    },
    orderBy(sort) {
      const terms = compileSort(sort, resolve)
      return terms instanceof FilterFault ? { ok: false, fault: terms } : { ok: true, terms }
    },
  }

  function resolve(name: string, position: number): ResolvedOperand | FilterFault {
    if (name === '@rowid') return unknownValue({ sql: column(alias, '_rowid_'), depth: 2 })
    if (columns.includes(name)) return unknownValue({ sql: column(alias, name), depth: 2 })

    const [first = '', ...rest] = name.split('.')
    const path = jsonColumns.includes(first) && rest.length > 0 ? jsonPath(rest) : undefined
    if (path === undefined) {
      return new FilterFault(`Unknown field ${JSON.stringify(name)}.`, position)
    }
    const value = term(sql`json_extract(${column(alias, first)}, ${`$${path}`})`, 3)
    return unknownValue(value, true)
  }
}
