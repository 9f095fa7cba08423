import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Comparison } from '#filter/syntax/ast.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { Formula } from './formula.ts'
import { connect, test } from './formula.ts'
import type { JoinNode, JoinNodes } from './joins.ts'
import { sameRows } from './joins.ts'
import { contains } from './like.ts'
import type { ResolvedOperand, Side } from './operand.ts'
import type { Term } from './term.ts'
import { column, readingAt, term } from './term.ts'

/** Two sides and the sign between them. */
interface Sides extends Pick<Comparison, 'sign' | 'position'> {
  readonly left: Side
  readonly right: Side
}

/** A comparison with resolved operands. */
export interface ResolvedComparison extends Pick<Comparison, 'sign' | 'isAny' | 'position'> {
  readonly left: ResolvedOperand
  readonly right: ResolvedOperand
}

/** The tested rows, the nodes of the query, and the author of the comparison. */
export interface Rows {
  readonly root: JoinNode
  readonly nodes: JoinNodes
  readonly isClient: boolean
}

/**
 * The formula of one comparison. A plain sign on an operand with many values holds if one value
 * matches and none fails.
 */
export function compare(comparison: ResolvedComparison, rows: Rows): Formula | FilterError {
  const { left, right, isAny } = comparison
  const fits = compareSides(comparison)
  if (fits instanceof FilterError) return fits

  const conditions: Formula[] = []
  if (!isAny && (left.many !== undefined || right.many !== undefined)) {
    const all = noneFails(comparison, rows)
    if (all instanceof FilterError) return all
    conditions.push(all)
  }
  conditions.push(...arePublic(rows, left.emailOf, right.emailOf))
  return connect('and', test(fits, rows.isClient), ...conditions)
}

/** Requires that the emails of these records are public. */
function arePublic({ isClient }: Rows, ...nodes: readonly (JoinNode | undefined)[]): Formula[] {
  return nodes
    .filter((node) => node !== undefined)
    .map((node) => {
      const isPublic = sql`${column(node.alias, 'emailVisibility')} = 1`
      return test({ sql: isPublic, depth: 3, nodes: [node] }, isClient)
    })
}

/** The term of two sides. It holds for every matching row. */
export function compareSides({ left, sign, right, position }: Sides): Term | FilterError {
  switch (sign) {
    case '=':
      return equal(left, right)
    case '!=':
      return unequal(left, right)
    case '~':
      return contains(left, right) ?? new FilterError('The text to look for is too long.', position)
    case '!~': {
      const found = compareSides({ left, sign: '~', right, position })
      return found instanceof FilterError ? found : term(sql`NOT (${found.sql})`, 1, found)
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
 * Compares with NULL equal to the empty string, unless a side is exact. If a known value rules out
 * NULL, the comparison stays plain, so that it can use an index and the column's affinity.
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
 * Requires that no value of a side with many values fails against the other side. Values the caller
 * may not see are skipped, since a failure would reveal them.
 */
function noneFails(comparison: ResolvedComparison, rows: Rows): Formula | FilterError {
  const root = sameRows(rows.root)
  const left = repeat(comparison.left, rows, root)
  if (left instanceof FilterError) return left
  // Hops that both sides share are repeated for each of them.
  const right = repeat(comparison.right, rows, sameRows(root))
  if (right instanceof FilterError) return right
  const fits = compareSides({ ...comparison, left: left.side, right: right.side })
  if (fits instanceof FilterError) return fits

  const fails = test(term(sql`NOT (${fits.sql})`, 1, fits), rows.isClient)
  const formula = connect('and', fails, ...left.isVisible, ...right.isVisible)
  return { kind: 'none', root, formula }
}

/** An operand with its own rows. */
interface Repeated {
  readonly side: Side
  /** Conditions under which the caller may see the value. */
  readonly isVisible: readonly Formula[]
}

/** Repeats the operand: all its values, or its only one to compare the others with. */
function repeat(operand: ResolvedOperand, rows: Rows, root: JoinNode): Repeated | FilterError {
  const { many, emailOf } = operand
  if (many === undefined) return { side: beside(operand), isVisible: [] }

  let node = root
  const isVisible: Formula[] = []
  for (const hop of many.hops) {
    node = rows.nodes.reach(node, hop)
    const isListable = hop.collection && many.isListable?.(hop.collection, node)
    if (isListable instanceof FilterError) return isListable
    if (isListable !== undefined) isVisible.push(isListable)
  }
  if (emailOf !== undefined) isVisible.push(...arePublic(rows, node))
  const value = readingAt(node, many.value(node.alias))
  return { isVisible, side: { ...value, certainty: 'unknown', isExact: many.isExact } }
}

/**
 * A single value compared with many: no longer exact, and filled if it contains any known value.
 */
function beside(operand: ResolvedOperand): Side {
  const isFilled = operand.certainty === 'unknown' && operand.hasKnownPart === true
  return { ...operand, isExact: false, certainty: isFilled ? 'filled' : operand.certainty }
}
