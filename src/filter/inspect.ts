/*
 * Shows a filter's values. The comparisons of a filter become columns of one SELECT, which joins
 * every related record: a row for each combination. A filter decides without these rows
 * (quantify.ts), so they only show what it compared.
 */
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Comparison, FilterNode, Operand } from '#filter/syntax/ast.ts'
import { compareSides } from '#filter/sql/compare.ts'
import { resolveOperand, type Vocabulary } from './compile-filter.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { type JoinNode, JoinNodes, rootPlace } from '#filter/sql/joins.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import type { FieldPlace } from '#filter/resolve/path.ts'
import { valuesOf } from './request-values.ts'
import type { FilterBase, FilterQueryOptions } from './query.ts'
import { resolveName } from '#filter/resolve/resolve.ts'
import type { ResolveContext } from '#filter/resolve/resolve-context.ts'

/** The comparisons of a filter, in order, over the rows of their joins. */
export interface Inspection {
  readonly comparisons: readonly InspectedComparison[]
  /** The part after the FROM. */
  readonly joins: SQL
  readonly joinCount: number
  /** True if a row of the query may have several rows here. */
  readonly isMultiple: boolean
}

/** One comparison in a row of the joins. */
export interface InspectedComparison {
  readonly comparison: Comparison
  readonly left: InspectedSide
  readonly right: InspectedSide
  /** True if the two values of the row compare. */
  readonly holds: SQL
  /** True if it reads neither the row of the query nor a related one. */
  readonly isIndependent: boolean
}

/** One side in a row of the joins. */
export interface InspectedSide {
  readonly value: SQL
  /** True if the value belongs to one of several related rows. */
  readonly isMultiple: boolean
  /** The fields it reads. */
  readonly fields: readonly FieldPlace[]
}

/** Resolves the comparisons of a rule; the first error in it otherwise. */
export function inspectFilter(
  filter: FilterNode,
  options: Pick<FilterQueryOptions, 'catalog' | 'request' | 'now'> & { readonly base: FilterBase },
): Inspection | FilterError {
  const { catalog, request, base } = options
  const values = valuesOf(request, options.now)
  const nodes = new JoinNodes('#shown_')
  const root = rootPlace(base.alias)
  const context: ResolveContext = {
    catalog,
    request,
    access: 'rule',
    base: base.collection,
    root,
    isVirtual: base.isVirtual ?? false,
    surroundings: rootPlace(''),
    nodes,
    values,
    guard: () => undefined,
    isListable: () => undefined,
  }
  const words: Vocabulary = {
    rows: { root, nodes, isClient: false },
    now: values.now,
    resolve: (name, position) => resolveName(context, name, position),
  }

  const comparisons: InspectedComparison[] = []
  for (const comparison of comparisonsOf(filter)) {
    const inspected = inspectComparison(comparison, words)
    if (inspected instanceof FilterError) return inspected
    comparisons.push(inspected)
  }
  const reached = nodesBelow(root)
  const joins = reached.map(
    (node) => sql`LEFT JOIN ${node.hop?.target(node.parent?.alias ?? '', node.alias)}`,
  )
  return {
    comparisons,
    joins: sql.join(joins, sql` `),
    joinCount: joins.length,
    isMultiple: reached.some(({ hop }) => hop?.isMultiple),
  }
}

/** The comparisons of a filter, from left to right. */
function comparisonsOf(filter: FilterNode): readonly Comparison[] {
  return filter.kind === 'comparison' ? [filter] : filter.nodes.flatMap(comparisonsOf)
}

function inspectComparison(
  comparison: Comparison,
  words: Vocabulary,
): InspectedComparison | FilterError {
  const left = resolveOperand(comparison.left, words)
  if (left instanceof FilterError) return left
  const right = resolveOperand(comparison.right, words)
  if (right instanceof FilterError) return right
  const holds = compareSides({ ...comparison, left, right })
  if (holds instanceof FilterError) return holds
  return {
    comparison,
    left: sideOf(comparison.left, left, words),
    right: sideOf(comparison.right, right, words),
    holds: holds.sql,
    isIndependent: [left, right].every(({ nodes = [] }) => nodes.length === 0),
  }
}

function sideOf(operand: Operand, resolved: ResolvedOperand, words: Vocabulary): InspectedSide {
  return {
    value: resolved.sql,
    isMultiple: resolved.nodes?.some(isAmongSeveral) ?? false,
    fields: fieldsOf(operand, words),
  }
}

/** The fields in an operand, also in the arguments of a function. */
function fieldsOf(operand: Operand, words: Vocabulary): FieldPlace[] {
  if (operand.kind === 'function') return operand.args.flatMap((each) => fieldsOf(each, words))
  const resolved = resolveOperand(operand, words)
  return resolved instanceof FilterError || resolved.reads === undefined ? [] : [resolved.reads]
}

function isAmongSeveral(node: JoinNode): boolean {
  if (node.hop?.isMultiple === true) return true
  return node.parent !== undefined && isAmongSeveral(node.parent)
}

function nodesBelow(node: JoinNode): JoinNode[] {
  return [...node.next.values()].flatMap((next) => [next, ...nodesBelow(next)])
}
