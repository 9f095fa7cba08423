import { type SQL, sql } from 'drizzle-orm'
import { list, map, one, type Query } from '#database/query.ts'
import { findNumber } from '#database/read-number.ts'
import type { Row } from '#database/batch.ts'
import type { Comparison, FilterNode, Operand } from '#filter/syntax/ast.ts'
import type { InspectedComparison, InspectedSide, Inspection } from '#filter/inspect.ts'
import type { ComparisonSpans } from '#filter/syntax/spans.ts'
import { sqlLength } from '#filter/sql/term.ts'
import { masked, isMaskedSide } from './secrets.ts'
import type { ComparedRows, SharedRule } from './rule-tree.ts'

/** The values of a comparison. A secret is shown as `***`. */
export interface ComparedValues {
  readonly left: unknown
  readonly right: unknown
  /** The values of a side that reads several related records. */
  readonly leftValues?: readonly unknown[] | undefined
  readonly rightValues?: readonly unknown[] | undefined
  /** A value that does not compare, if one is enough to fail. */
  readonly failing?: unknown
}

/** The values of each comparison, and the rows they are from. */
interface FoundValues {
  of(comparison: Comparison): ComparedValues
  readonly rows: ComparedRows | null
}

const sampleRows = 20
const countedRows = 1000
/** D1 joins 64 tables, and some values select from tables of their own. */
const maxJoins = 40
const maxColumns = 90
const maxLength = 50_000
/** Longer texts are shortened. */
const shownCharacters = 200

interface Column {
  readonly comparison: Comparison
  readonly side: 'left' | 'right' | 'holds'
  readonly value: SQL
}

/** Plans the values that a rule compares. Database: some statements. */
export function planValues(
  rule: SharedRule,
  inspection: Inspection,
  spans: (comparison: Comparison) => ComparisonSpans,
): Query<FoundValues> {
  const { hasRecord } = rule
  const columns =
    inspection.joinCount > maxJoins
      ? []
      : inspection.comparisons
          .filter(({ isIndependent }) => hasRecord || isIndependent)
          .flatMap((each) => columnsOf(rule, each))
  const portions = inPortions(columns)
  const from = hasRecord ? fromOf(rule, inspection) : sql``
  const samples = portions.map((portion) => {
    const selected = portion.map(({ value }, at) => sql`${value} AS ${sql.identifier(`v${at}`)}`)
    const statement = sql`${rule.with}SELECT ${sql.join(selected, sql`, `)} ${from} LIMIT ${sql.raw(String(sampleRows))}`
    return one(statement, (rows) => ({ portion, rows }))
  })
  const isCounted = inspection.isMultiple && hasRecord && portions.length === 1
  const counts = isCounted ? [planCounts(rule, inspection, from)] : []
  return map(list<unknown>([list(samples), list(counts)]), (parts) => {
    const [found, counted] = parts as [{ portion: Column[]; rows: readonly Row[] }[], Counts[]]
    const valuesOf = readColumns(found)
    const [total] = counted
    return {
      of: (comparison) => comparedValues(rule, inspection, comparison, valuesOf),
      rows:
        total === undefined
          ? null
          : { ...total, sample: sampleOf(rule, inspection, spans, valuesOf) },
    }
  })
}

function fromOf({ row }: SharedRule, { joins }: Inspection): SQL {
  const where = row.where(row.alias)
  return sql`FROM ${row.source} AS ${sql.identifier(row.alias)} ${joins} ${where === undefined ? sql`` : sql`WHERE ${where}`}`
}

function columnsOf(rule: SharedRule, inspected: InspectedComparison): Column[] {
  const { comparison, holds } = inspected
  const sides = (['left', 'right'] as const).flatMap((side) => {
    const isRead = knownValue(rule, comparison[side], inspected[side]) === undefined
    return isRead ? [{ comparison, side, value: shortened(inspected[side].value) }] : []
  })
  return [...sides, { comparison, side: 'holds' as const, value: sql`(${holds}) IS TRUE` }]
}

function shortened(value: SQL): SQL {
  const limit = sql.raw(String(shownCharacters))
  return sql`CASE WHEN typeof(${value}) = 'text' AND length(${value}) > ${limit} THEN substr(${value}, 1, ${limit}) || '…' ELSE ${value} END`
}

function inPortions(columns: readonly Column[]): Column[][] {
  const portions: Column[][] = []
  let room = 0
  for (const column of columns) {
    const length = sqlLength(column.value, maxLength) + 20
    const last = portions.at(-1)
    if (last === undefined || length > room || last.length >= maxColumns) {
      portions.push([column])
      room = maxLength
    } else last.push(column)
    room -= length
  }
  return portions
}

interface Counts {
  readonly joined: number
  readonly held: number
}

function planCounts(rule: SharedRule, { comparisons }: Inspection, from: SQL): Query<Counts> {
  const held = new Map(comparisons.map(({ comparison, holds }) => [comparison, holds]))
  const rows = sql`SELECT (${rowHolds(rule.filter, held)}) IS TRUE AS "h" ${from} LIMIT ${sql.raw(String(countedRows))}`
  return one(
    sql`${rule.with}SELECT COUNT(*) AS "joined", COALESCE(SUM("h"), 0) AS "held" FROM (${rows})`,
    ([row]) => ({ joined: findNumber(row, 'joined') ?? 0, held: findNumber(row, 'held') ?? 0 }),
  )
}

function rowHolds(node: FilterNode, held: ReadonlyMap<Comparison, SQL>): SQL {
  if (node.kind === 'comparison') return sql`(${held.get(node) ?? sql`FALSE`})`
  const parts = node.nodes.map((part) => rowHolds(part, held))
  return sql`(${sql.join(parts, node.kind === 'and' ? sql` AND ` : sql` OR `)})`
}

/** The values of a side in each sampled row; undefined if it was not read. */
type ReadColumn = (comparison: Comparison, side: Column['side']) => readonly unknown[] | undefined

function readColumns(
  found: readonly { readonly portion: readonly Column[]; readonly rows: readonly Row[] }[],
): ReadColumn {
  const read = new Map<Comparison, Map<Column['side'], unknown[]>>()
  for (const { portion, rows } of found) {
    for (const [at, { comparison, side }] of portion.entries()) {
      const sides = read.get(comparison) ?? new Map<Column['side'], unknown[]>()
      sides.set(
        side,
        rows.map((row) => row[`v${at}`]),
      )
      read.set(comparison, sides)
    }
  }
  return (comparison, side) => read.get(comparison)?.get(side)
}

function comparedValues(
  rule: SharedRule,
  { comparisons }: Inspection,
  comparison: Comparison,
  valuesOf: ReadColumn,
): ComparedValues {
  const inspected = comparisons.find((each) => each.comparison === comparison)
  if (inspected === undefined) return { left: null, right: null }
  const [left, right] = (['left', 'right'] as const).map((name) => {
    const side = inspected[name]
    const known = knownValue(rule, comparison[name], side)
    if (known !== undefined) return { value: known.value, values: undefined }
    const read = (valuesOf(comparison, name) ?? []).map((value) =>
      shownValue(rule, comparison[name], side, value),
    )
    return {
      value: read[0] ?? null,
      values: side.isMultiple ? distinct(read) : undefined,
    }
  })
  const holds = valuesOf(comparison, 'holds') ?? []
  const failingRow = comparison.isAny ? -1 : holds.indexOf(0)
  const failing = inspected.left.isMultiple ? 'left' : 'right'
  const isMultiple = inspected[failing].isMultiple
  const failed = failingRow === -1 ? undefined : valuesOf(comparison, failing)?.[failingRow]
  return {
    left: left?.value,
    right: right?.value,
    leftValues: left?.values,
    rightValues: right?.values,
    ...(isMultiple && failed !== undefined && failed !== null
      ? { failing: shownValue(rule, comparison[failing], inspected[failing], failed) }
      : {}),
  }
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** A value that needs no database: a literal, a submitted one, or the mask of a secret. */
function knownValue(
  { viewer, collections }: SharedRule,
  operand: Operand,
  side: InspectedSide,
): { readonly value: unknown } | undefined {
  if (isMaskedSide(operand, side, collections)) return { value: masked }
  if (operand.kind === 'text') return { value: operand.text }
  if (operand.kind === 'number') return { value: operand.value }
  if (operand.kind === 'function') return undefined
  const constant = constants.get(operand.name.toLowerCase())
  if (constant !== undefined && side.fields.length === 0) return { value: constant }
  const submitted = /^@request\.body\.(\w+)$/.exec(operand.name)?.[1]
  const body = submitted !== undefined && Object.hasOwn(viewer.body, submitted)
  const sent = body ? viewer.body[submitted] : undefined
  return sent !== undefined && 'known' in sent ? { value: shortText(sent.known) } : undefined
}

const constants = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function shortText(value: unknown): unknown {
  const isLong = typeof value === 'string' && value.length > shownCharacters
  return isLong ? `${value.slice(0, shownCharacters)}…` : value
}

/** A stored value as the API shows it, if the operand is a field as it is stored. */
function shownValue(
  { collections }: SharedRule,
  operand: Operand,
  { fields: [place, ...more] }: InspectedSide,
  stored: unknown,
): unknown {
  if (place === undefined || more.length > 0 || operand.kind !== 'identifier') return stored
  const isWhole = operand.name.split('.').at(-1) === place.field
  const isShort = typeof stored === 'string' && stored.endsWith('…')
  if (!isWhole || isShort || stored === null) return stored
  return collections.find(place.collection.id)?.field(place.field)?.fromColumn(stored) ?? stored
}

/** The sides that differ between the rows, by their text. */
function sampleOf(
  rule: SharedRule,
  { comparisons }: Inspection,
  spans: (comparison: Comparison) => ComparisonSpans,
  valuesOf: ReadColumn,
): Record<string, unknown>[] {
  const columns = comparisons.flatMap((inspected) =>
    (['left', 'right'] as const).flatMap((name) => {
      const side = inspected[name]
      const operand = inspected.comparison[name]
      const values = side.isMultiple ? valuesOf(inspected.comparison, name) : undefined
      if (values === undefined) return []
      const { start, end } = spans(inspected.comparison)[name]
      const shown = values.map((value) => shownValue(rule, operand, side, value))
      return [{ text: rule.text.slice(start, end), values: shown }]
    }),
  )
  const count = Math.max(0, ...columns.map(({ values }) => values.length))
  return Array.from({ length: count }, (_, at) =>
    Object.fromEntries(columns.map(({ text, values }) => [text, values[at] ?? null])),
  )
}
