import { sql } from 'drizzle-orm'
import { byteLength } from '#kernel/text.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import type { Term } from '#filter/sql/term.ts'
import { term } from '#filter/sql/term.ts'

const maxEntries = 8
const maxEntryBytes = 255

/**
 * The values that a sort orders by, or the first error in it. `column` resolves a name. Values that
 * are the same for every row are rejected.
 */
export function compileSort(
  sort: string,
  column: (name: string, position: number) => ResolvedOperand | FilterError,
): readonly SortTerm[] | FilterError {
  const entries = parseSort(sort)
  if (entries instanceof FilterError) return entries

  const terms: SortTerm[] = []
  for (const { name, isDescending, position } of entries) {
    if (name === '@random') {
      terms.push({ operand: { sql: sql`random()`, depth: 1 }, isDescending: false })
      continue
    }
    const operand = column(name, position)
    if (operand instanceof FilterError) return operand
    if (operand.certainty !== 'unknown') return new FilterError('Not a sort field.', position)
    terms.push({ operand, isDescending })
  }
  return terms
}

/** A value to sort by. */
export interface SortTerm {
  readonly operand: Term
  readonly isDescending: boolean
}

/** A term of an ORDER BY. */
export function orderTerm(value: Term, isDescending: boolean): Term {
  return term(isDescending ? sql`${value.sql} DESC` : sql`${value.sql} ASC`, 0, value)
}

/** One entry of a sort: the value, and the direction. */
interface SortEntry {
  readonly name: string
  readonly isDescending: boolean
  readonly position: number
}

/** Splits a sort like `-created,+title` into its entries. An empty sort has none. */
function parseSort(sort: string): readonly SortEntry[] | FilterError {
  if (sort === '') return []

  const entries: SortEntry[] = []
  let position = 0
  for (const part of sort.split(',', maxEntries + 1)) {
    if (entries.length === maxEntries) {
      return new FilterError(`More than ${maxEntries} sort fields.`, position)
    }
    const text = part.trim()
    const name = /^[-+]/.test(text) ? text.slice(1) : text
    if (name === '') return new FilterError('Empty sort field.', position)
    if (byteLength(name) > maxEntryBytes) {
      return new FilterError('Too long a sort field.', position)
    }
    entries.push({ name, isDescending: text.startsWith('-'), position })
    position += part.length + 1
  }
  return entries
}
