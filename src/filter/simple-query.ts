import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { fixed } from '#database/value.ts'
import type { FilterNode } from '#filter/syntax/ast.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { plainTerm } from '#filter/sql/formula.ts'
import { JoinNodes, rootPlace } from '#filter/sql/joins.ts'
import { jsonPath } from '#filter/sql/json.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { unknownValue } from '#filter/sql/operand.ts'
import { compileSort, orderTerm } from './sort.ts'
import { sizeFault } from '#filter/sql/size-limit.ts'
import { column, term } from '#filter/sql/term.ts'
import { compileFilter } from './compile-filter.ts'

/** The names that filters on one of our own tables may use. */
export interface SimpleQueryOptions {
  /** The alias of the columns in the query. */
  readonly alias: string
  readonly columns: readonly string[]
  /** The columns that hold JSON, so that `data.path` reads from them. */
  readonly jsonColumns?: readonly string[]
  readonly now?: Date
}

/** A condition, or the error. */
type WhereResult =
  | { readonly ok: true; readonly sql: SQL }
  | { readonly ok: false; readonly fault: FilterError }

/** The terms of an ORDER BY, or the error. */
type OrderResult =
  | { readonly ok: true; readonly terms: readonly SQL[] }
  | { readonly ok: false; readonly fault: FilterError }

/** The conditions and the order of one SELECT without relations. */
export interface SimpleQuery {
  where(filter: FilterNode): WhereResult
  orderBy(sort: string): OrderResult
}

/** Filters and sorts on the named columns of one table: the same language, without relations. */
export function createSimpleQuery(options: SimpleQueryOptions): SimpleQuery {
  const { alias, columns, jsonColumns = [] } = options
  const now = fixed(options.now ?? new Date())

  return {
    where(filter) {
      const rows = { root: rootPlace(alias), nodes: new JoinNodes(''), isClient: true }
      const formula = compileFilter(filter, { rows, now, resolve })
      if (formula instanceof FilterError) return { ok: false, fault: formula }
      const condition = plainTerm(formula)
      const size = {
        parts: [condition],
        joins: [],
        tables: [],
        listDepth: 0,
        allJoins: 0,
        isNested: false,
      }
      const fault = sizeFault(size)
      return fault === undefined ? { ok: true, sql: condition.sql } : { ok: false, fault }
    },
    orderBy(sort) {
      const terms = compileSort(sort, resolve)
      if (terms instanceof FilterError) return { ok: false, fault: terms }
      const order = terms.map(({ operand, isDescending }) => orderTerm(operand, isDescending))
      return { ok: true, terms: order.map((each) => each.sql) }
    },
  }

  function resolve(name: string, position: number): ResolvedOperand | FilterError {
    if (name === '@rowid') return unknownValue({ sql: column(alias, '_rowid_'), depth: 2 })
    if (columns.includes(name)) return unknownValue({ sql: column(alias, name), depth: 2 })

    const [first = '', ...rest] = name.split('.')
    const path = jsonColumns.includes(first) && rest.length > 0 ? jsonPath(rest) : undefined
    if (path === undefined) {
      return new FilterError(`Unknown field ${JSON.stringify(name)}.`, position)
    }
    const value = term(sql`json_extract(${column(alias, first)}, ${`$${path}`})`, 3)
    return unknownValue(value, true)
  }
}
