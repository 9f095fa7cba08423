import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Comparison } from './ast.ts'
import { FilterFault } from './fault.ts'
import type { Joins } from './joins.ts'
import { contains } from './like.ts'
import type { ResolvedOperand, Side } from './operand.ts'
import type { Term } from './term.ts'
import { column, joinTerms, term } from './term.ts'

/** Two sides and the sign between them. */
interface Sides extends Pick<Comparison, 'sign' | 'position'> {
  readonly left: Side
  readonly right: Side
}

/** What a comparison is made of, its operands resolved. */
export interface ResolvedComparison extends Pick<Comparison, 'sign' | 'isAny' | 'position'> {
  readonly left: ResolvedOperand
  readonly right: ResolvedOperand
}

/** The rows of the query: the alias every path starts at, and the joins taken from there. */
export interface Rows {
  readonly alias: string
  readonly joins: Joins
}

/**
 * The SQL of one comparison. A plain sign over an operand with many values holds when one of them
 * fits and none of them fails.
 */
export function compare(comparison: ResolvedComparison, rows: Rows): Term | FilterFault {
  const { left, right, isAny } = comparison
  const fits = compareSides(comparison)
  if (fits instanceof FilterFault) return fits

  const conditions: Term[] = []
  if (!isAny && (left.many !== undefined || right.many !== undefined)) {
    const all = noneFails(comparison, rows)
    if (all instanceof FilterFault) return all
    conditions.push(all)
  }
  return joinTerms('and', fits, ...conditions, ...arePublic(left.emailOf, right.emailOf))
}

/** That emails are public, by the aliases of their records. */
function arePublic(...aliases: readonly (string | undefined)[]): Term[] {
  return aliases
    .filter((alias) => alias !== undefined)
    .map((alias) => term(sql`${column(alias, 'emailVisibility')} = 1`, 3))
}

function compareSides({ left, sign, right, position }: Sides): Term | FilterFault {
  switch (sign) {
    case '=':
      return equal(left, right)
    case '!=':
      return unequal(left, right)
    case '~':
      return contains(left, right) ?? new FilterFault('The text to look for is too long.', position)
    case '!~': {
      const found = compareSides({ left, sign: '~', right, position })
      return found instanceof FilterFault ? found : term(sql`NOT (${found.sql})`, 1, found)
    }
    case '<':
      return term(sql`${left.sql} < ${right.sql}`, 1, left, right)
    case '<=':
      return term(sql`${left.sql} <= ${right.sql}`, 1, left, right)
    case '>':
      return term(sql`${left.sql} > ${right.sql}`, 1, left, right)
    case '>=':
      return term(sql`${left.sql} >= ${right.sql}`, 1, left, right)
  }
}

/*
 * NULL equals the empty text, unless a side is exact. Where a known value shows that NULL cannot be
 * equal anyway, the comparison stays plain, so that it can use an index and the column's affinity.
 */

function equal(left: Side, right: Side): Term {
  const [l, r] = [left.sql, right.sql]
  if (left.isExact || right.isExact) return term(sql`${l} IS ${r}`, 1, left, right)
  if (left.certainty === 'empty' && right.certainty === 'empty') return term(sql`'' = ''`, 2)
  if (left.certainty === 'filled' || right.certainty === 'filled') {
    return term(sql`${orEmpty(left)} = ${orEmpty(right)}`, 1, left, right)
  }
  if (left.certainty === 'empty') return term(sql`('' = ${r} OR ${r} IS NULL)`, 2, right)
  if (right.certainty === 'empty') return term(sql`(${l} = '' OR ${l} IS NULL)`, 2, left)
  return term(sql`COALESCE(${l}, '') = COALESCE(${r}, '')`, 2, left, right)
}

function unequal(left: Side, right: Side): Term {
  const [l, r] = [left.sql, right.sql]
  if (left.isExact || right.isExact) return term(sql`${l} IS NOT ${r}`, 1, left, right)
  if (left.certainty === 'empty' && right.certainty === 'empty') return term(sql`'' IS NOT ''`, 2)
  if (left.certainty === 'filled' || right.certainty === 'filled') {
    return term(sql`${orEmpty(left)} IS NOT ${orEmpty(right)}`, 1, left, right)
  }
  if (left.certainty === 'empty') {
    return term(sql`('' IS NOT ${r} AND ${r} IS NOT NULL)`, 2, right)
  }
  if (right.certainty === 'empty') return term(sql`(${l} IS NOT '' AND ${l} IS NOT NULL)`, 2, left)
  return term(sql`COALESCE(${l}, '') IS NOT COALESCE(${r}, '')`, 2, left, right)
}

function orEmpty(side: Side): SQL {
  return side.certainty === 'empty' ? sql`''` : side.sql
}

/**
 * That no value of a side with many fails, beside the other side or beside each value of it. What the
 * caller may not see cannot fail: that it does would tell what it is.
 */
function noneFails(comparison: ResolvedComparison, rows: Rows): Term | FilterFault {
  const left = repeat(comparison.left, rows)
  if (left instanceof FilterFault) return left
  const right = repeat(comparison.right, rows)
  if (right instanceof FilterFault) return right
  const fits = compareSides({ ...comparison, left: left.side, right: right.side })
  if (fits instanceof FilterFault) return fits

  const fails = term(sql`NOT (${fits.sql})`, 1, fits)
  const tested = joinTerms('and', fails, ...left.isVisible, ...right.isVisible)
  // Even without related rows there is one row, all NULL, to compare.
  const joins = [...left.joins, ...right.joins]
  const query = sql`NOT EXISTS (SELECT 1 FROM (SELECT 1) ${sql.join(joins, sql` `)} WHERE ${tested.sql})`
  // The conditions of the joins are strung onto that of the WHERE, one level each.
  const innerDepth = tested.depth + joins.length + (tested.innerDepth ?? 0)
  return { sql: query, depth: tested.depth + 2, innerDepth }
}

/** An operand as it stands in the subquery. */
interface Repeated {
  readonly joins: readonly SQL[]
  readonly side: Side
  /** What must hold for the caller to see the value. */
  readonly isVisible: readonly Term[]
}

/** The operand in the subquery: all its values, or its only one beside the others. */
function repeat(operand: ResolvedOperand, { alias, joins }: Rows): Repeated | FilterFault {
  const { many, emailOf } = operand
  if (many === undefined) return { joins: [], side: beside(operand), isVisible: [] }

  const { clauses, aliases } = joins.repeat(alias, many.hops)
  const end = aliases.at(-1) ?? alias
  const isVisible = arePublic(emailOf === undefined ? undefined : end)
  for (const [step, { collection }] of many.hops.entries()) {
    const isListable = collection && many.isListable?.(collection, aliases[step] ?? alias)
    if (isListable instanceof FilterFault) return isListable
    if (isListable !== undefined) isVisible.push(isListable)
  }
  const value = many.value(end)
  return {
    joins: clauses,
    isVisible,
    side: { ...value, certainty: 'unknown', isExact: many.isExact },
  }
}

/** A single value beside many: it is exact no longer, and filled if any known value is in it. */
function beside(operand: ResolvedOperand): Side {
  const isFilled = operand.certainty === 'unknown' && operand.hasKnownPart === true
  return { ...operand, isExact: false, certainty: isFilled ? 'filled' : operand.certainty }
}
