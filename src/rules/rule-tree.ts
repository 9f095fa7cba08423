/*
 * Explains a rule as a tree. Each comparison, and each group of comparisons that must hold together,
 * is asked as a rule of its own, by the same SQL. So the root is the rule itself, and a group whose
 * parts hold while it does not is one whose parts hold for different related records.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionSet } from '#catalog/collection.ts'
import { all, constant, list, map, one, type Query } from '#database/query.ts'
import type { Comparison, FilterNode } from '#filter/syntax/ast.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { type Inspection, inspectFilter } from '#filter/inspect.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { type ComparisonSpans, createSpans } from '#filter/syntax/spans.ts'
import { sqlLength } from '#filter/sql/term.ts'
import { internalName } from '#records/identifiers.ts'
import { ruleCondition, type RuleRow } from '#records/read/rule-query.ts'
import { type ComparedValues, planValues } from './compared-values.ts'
import { groupHint, hintOf } from './hints.ts'

/** A node of an explained rule. */
export type TreeNode = ComparisonNode | GroupNode

/** An explained comparison. */
export interface ComparisonNode extends ComparedValues {
  readonly kind: 'comparison'
  readonly text: string
  /** The sign of the comparison, with `?` for any of several values. */
  readonly sign: string
  readonly start: number
  readonly end: number
  /** Null if it was not asked, for lack of a record. */
  readonly holds: boolean | null
  readonly hint?: string | undefined
}

/** An explained group. */
export interface GroupNode {
  readonly kind: 'and' | 'or'
  readonly holds: boolean | null
  readonly nodes: readonly TreeNode[]
  readonly hint?: string | undefined
}

/** The rows that a rule compared. */
export interface ComparedRows {
  /** Combinations of related records, at most 1,000. */
  readonly joined: number
  /** The number of them that satisfy the whole rule. */
  readonly held: number
  /** Values of some of them, by the text of their operand. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

/** An explained rule. */
export interface ExplainedRule {
  readonly tree: TreeNode | null
  readonly rows: ComparedRows | null
  /** True if the rule can no longer be compiled, so that it holds for no caller. */
  readonly isBroken: boolean
}

/** A rule without clauses. */
export const unclaused: ExplainedRule = { tree: null, rows: null, isBroken: false }

/** The rule to explain, its caller and its row. */
export interface RuleToExplain {
  readonly text: string
  readonly filter: FilterNode
  readonly collections: CollectionSet
  readonly viewer: RequestInfo
  readonly row: RuleRow
  /** False if no record was named: only comparisons that read none are asked. */
  readonly hasRecord: boolean
  readonly now: Date
}

/** Maximum columns of a statement, below D1's 100. */
const maxColumns = 40
/** Maximum length of the conditions in a statement, below D1's 100 kB. */
const maxLength = 60_000
/** Maximum length of all conditions. Groups past it are not asked themselves. */
const maxTotal = 600_000

/** Plans the explanation of a rule. Database: some statements. */
export function planRuleTree(rule: RuleToExplain): Query<ExplainedRule> {
  const shared = withSharedRow(rule)
  const { collections, viewer, row, now } = shared
  const base = {
    collection: row.collection,
    alias: row.alias,
    source: row.source,
    where: row.where(row.alias),
    isVirtual: row.isVirtual,
  }
  const inspection = inspectFilter(rule.filter, {
    catalog: collections,
    request: viewer,
    base,
    now,
  })
  const whole = { kind: 'filter', filter: rule.filter } as const
  const isCompiled = ruleCondition(collections, viewer, whole, row) !== undefined
  if (inspection instanceof FilterError || !isCompiled) {
    return constant({ ...unclaused, isBroken: true })
  }
  const spans = createSpans(rule.text)
  return map(
    all({
      truths: planTruths(shared, inspection),
      values: planValues(shared, inspection, spans),
    }),
    ({ truths, values }) => ({
      tree: treeOf(rule, inspection, spans, truths, values.of),
      rows: values.rows,
      isBroken: false,
    }),
  )
}

/** A rule whose row may be a common table expression, so that its values are bound once. */
export interface SharedRule extends RuleToExplain {
  /** The part before each SELECT. */
  readonly with: SQL
}

function withSharedRow(rule: RuleToExplain): SharedRule {
  const { row } = rule
  if (!row.isVirtual) return { ...rule, with: sql`` }
  const name = sql.identifier(internalName('new'))
  return {
    ...rule,
    with: sql`WITH ${name} AS MATERIALIZED ${row.source} `,
    row: { ...row, source: sql`${name}` },
  }
}

type Truths = ReadonlyMap<FilterNode, boolean>

function planTruths(rule: SharedRule, inspection: Inspection): Query<Truths> {
  const asked: { readonly node: FilterNode; readonly condition: SQL }[] = []
  let total = 0
  const independent = new Map(
    inspection.comparisons.map(({ comparison, isIndependent }) => [comparison, isIndependent]),
  )
  for (const node of nodesOf(rule.filter)) {
    // An alternative holds if one of its parts does, for whatever record.
    if (node.kind === 'or') continue
    const isAsked = node.kind === 'comparison' ? independent.get(node) : inspection.isMultiple
    if (!(rule.hasRecord || (node.kind === 'comparison' && isAsked))) continue
    if (node.kind === 'and' && !inspection.isMultiple) continue
    const condition = conditionOf(rule, node)
    if (condition === undefined) continue
    const length = sqlLength(condition, maxLength)
    if (node.kind === 'and' && total + length > maxTotal && node !== rule.filter) continue
    total += length
    asked.push({ node, condition })
  }
  return map(
    list(
      inPortions(asked).map((portion) => {
        const columns = portion.map(
          ({ condition }, at) => sql`(${condition}) IS TRUE AS ${sql.identifier(`h${at}`)}`,
        )
        return one(sql`${rule.with}SELECT ${sql.join(columns, sql`, `)}`, ([found]) =>
          portion.map(({ node }, at) => [node, found?.[`h${at}`] === 1] as const),
        )
      }),
    ),
    (found) => new Map(found.flat()),
  )
}

function conditionOf(
  { collections, viewer, row, hasRecord }: SharedRule,
  filter: FilterNode,
): SQL | undefined {
  const asked = hasRecord ? row : { ...row, source: sql`(SELECT 1)`, where: () => undefined }
  const options = { boundsRules: true }
  return ruleCondition(collections, viewer, { kind: 'filter', filter }, asked, options)
}

function nodesOf(node: FilterNode): FilterNode[] {
  return node.kind === 'comparison' ? [node] : [node, ...node.nodes.flatMap(nodesOf)]
}

function inPortions<T extends { readonly condition: SQL }>(asked: readonly T[]): T[][] {
  const portions: T[][] = []
  let room = 0
  for (const each of asked) {
    const length = sqlLength(each.condition, maxLength) + 40
    const last = portions.at(-1)
    if (last === undefined || length > room || last.length >= maxColumns) {
      portions.push([each])
      room = maxLength
    } else last.push(each)
    room -= length
  }
  return portions
}

function treeOf(
  rule: RuleToExplain,
  inspection: Inspection,
  spans: (comparison: Comparison) => ComparisonSpans,
  truths: Truths,
  valuesOf: (comparison: Comparison) => ComparedValues,
): TreeNode {
  const inspected = new Map(inspection.comparisons.map((each) => [each.comparison, each]))

  function build(node: FilterNode): TreeNode {
    if (node.kind === 'comparison') {
      const { start, end } = spans(node)
      const holds = truths.get(node) ?? null
      const values = valuesOf(node)
      const context = { node, values, holds, inspected: inspected.get(node) }
      return {
        kind: 'comparison',
        text: rule.text.slice(start, end),
        sign: node.isAny ? `?${node.sign}` : node.sign,
        start,
        end,
        holds,
        ...values,
        hint: hintOf(rule, context),
      }
    }
    const nodes = node.nodes.map(build)
    const holds = groupHolds(node.kind, nodes, truths.get(node))
    return { kind: node.kind, holds, nodes, hint: groupHint(node.kind, holds, nodes) }
  }
  return build(rule.filter)
}

function groupHolds(
  kind: 'and' | 'or',
  nodes: readonly TreeNode[],
  asked: boolean | undefined,
): boolean | null {
  if (asked !== undefined) return asked
  const decisive = kind === 'or'
  if (nodes.some(({ holds }) => holds === decisive)) return decisive
  return nodes.every(({ holds }) => holds === !decisive) ? !decisive : null
}
