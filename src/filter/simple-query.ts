import { sql } from 'drizzle-orm'
import type { FilterNode } from './ast.ts'
import { FilterFault } from './fault.ts'
import type { OrderResult, WhereResult } from './query.ts'
import { Joins } from './joins.ts'
import { jsonPath } from './json.ts'
import type { ResolvedOperand } from './operand.ts'
import { unknownValue } from './operand.ts'
import { compileSort } from './sort.ts'
import { sizeFault } from './size-limit.ts'
import { column, term } from './term.ts'
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
export interface SimpleQuery {
  where(filter: FilterNode): WhereResult
  orderBy(sort: string): OrderResult
}

/** Filters and sorts over the named columns of one table: the same language, without relations. */
export function createSimpleQuery(options: SimpleQueryOptions): SimpleQuery {
  const { alias, columns, jsonColumns = [], now = new Date() } = options

  return {
    where(filter) {
      const rows = { alias, joins: new Joins('') }
      const condition = compileFilter(filter, { rows, now, resolve })
      if (condition instanceof FilterFault) return { ok: false, fault: condition }
      const fault = sizeFault({ parts: [condition], joins: [], isNested: false })
      return fault === undefined ? { ok: true, sql: condition.sql } : { ok: false, fault }
    },
    orderBy(sort) {
      const terms = compileSort(sort, resolve)
      if (terms instanceof FilterFault) return { ok: false, fault: terms }
      return { ok: true, terms: terms.map((each) => each.sql) }
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
