/*
 * Selects records and everything expanded from them in one statement. The page is a common table
 * expression, and each relation is another one that selects from its parent's rows. The statement
 * returns the rows of all of them with their section. So `expand` of any depth costs no further
 * trip, and each record is read once however many refer to it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Row } from '#database/batch.ts'
import { one, type Query } from '#database/query.ts'
import { sumOf } from '#database/long-expressions.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError } from '#kernel/errors.ts'
import { unionAll } from './compound-select.ts'
import { recordErrors } from '#records/errors.ts'
import { ExpandAllowance } from '#records/expand-allowance.ts'
import { type ExpandTree, readExpand } from './expand-tree.ts'
import { followPaths, type LoadedSections } from './follow-paths.ts'
import { internalName } from '#records/identifiers.ts'
import {
  type LoadedRecord,
  recordJson,
  type RecordJson,
  type Shape,
  shapeFor,
} from './record-shape.ts'
import { relatedSelect } from './related-select.ts'
import { selectList } from './select-list.ts'

/** The records to read: a select without its column list. */
export interface RecordSource {
  readonly collection: Collection
  /** The part before the `SELECT`. */
  readonly with?: SQL
  /** `FROM ... WHERE ... ORDER BY ... LIMIT ...`, with the table under its own name. */
  readonly from: SQL
  /** True if joins may repeat a record. */
  readonly isDistinct: boolean
}

interface Section {
  readonly shape: Shape
  readonly select: SQL
}

/** The relations to expand, and the limits. */
export interface Expansion {
  readonly expand: string | undefined
  /** The outcome for a response that becomes too large: an error, or no expanded records. */
  readonly onExcess: 'refuse' | 'omit'
  /** Shared with the other selects of a request. */
  readonly allowance?: ExpandAllowance | undefined
}

const nothingExpanded: Expansion = { expand: '', onExcess: 'refuse' }

/**
 * Reads records with their expanded relations, in the order of the source. Database: 1 statement.
 *
 * @throws {ApiError} `expandTooLarge`, while reading
 */
export function selectRecords(
  catalog: CollectionSet,
  viewer: RequestInfo,
  source: RecordSource,
  { allowance, ...expansion }: Expansion = nothingExpanded,
): Query<RecordJson[]> {
  const { statement, read } = compileSelect(catalog, viewer, source, expansion)
  return one(statement, (rows) => read(rows, viewer, allowance))
}

/** A select of records with everything expanded from them, for any viewer of the same shape. */
export interface RecordSelect {
  readonly statement: SQL
  /** Reads the records as a viewer receives them. */
  readonly read: (
    rows: readonly Row[],
    viewer: RequestInfo,
    allowance?: ExpandAllowance,
  ) => RecordJson[]
}

/** Compiles a select. The viewer may be open. */
export function compileSelect(
  catalog: CollectionSet,
  viewer: RequestInfo,
  source: RecordSource,
  { expand = '', onExcess }: Omit<Expansion, 'allowance'>,
): RecordSelect {
  const tree = readExpand(expand, source.collection, catalog, viewer)
  const sections = planSections(catalog, viewer, source, tree)
  return {
    statement: unite(sections),
    read: rowReader(
      tree,
      sections.map(({ shape }) => shape),
      onExcess,
    ),
  }
}

function rowReader(
  tree: ExpandTree,
  shapes: readonly Shape[],
  onExcess: Expansion['onExcess'],
): RecordSelect['read'] {
  const [shape] = shapes
  const isExpanded = tree.branches.length > 0
  // Only a view may have several rows with one id.
  if (shape !== undefined && !isExpanded && shape.collection.type !== 'view') {
    const { idColumn } = shape
    return (rows, viewer) =>
      rows.map((row) =>
        recordJson({ id: String(row[idColumn]), row, shape, expand: undefined }, viewer),
      )
  }
  return (rows, viewer, allowance = new ExpandAllowance()) => {
    const loaded = sectionRecords(shapes, rows)
    const page = [...(loaded[0]?.values() ?? [])]
    const fits = rows.length <= budget.expandNodes && followPaths(tree, page, loaded)
    if (isExpanded && !(fits && allowance.take(page))) {
      if (onExcess === 'refuse') throw new ApiError(recordErrors.expandTooLarge)
      for (const record of page) record.expand = undefined
    }
    return page.map((record) => recordJson(record, viewer))
  }
}

function planSections(
  catalog: CollectionSet,
  viewer: RequestInfo,
  source: RecordSource,
  { branches }: ExpandTree,
): Section[] {
  const links = branches.map(({ step, section, parent }) => ({
    field: step.field,
    section: step.direction === 'forward' ? parent : section,
  }))
  const linksOf = (section: number): Field[] =>
    links.filter((link) => link.section === section).map((link) => link.field)

  const page = shapeFor(source.collection, viewer, linksOf(0))
  const sections: Section[] = [
    {
      shape: page,
      select: sql`${source.with ?? sql``}${selectList(catalog, viewer, page, source.isDistinct)} ${source.from}`,
    },
  ]
  for (const branch of branches) {
    const shape = shapeFor(branch.step.target, viewer, linksOf(branch.section))
    const parentShape = sections[branch.parent]?.shape ?? page
    sections.push({ shape, select: relatedSelect(catalog, viewer, branch, shape, parentShape) })
  }
  return sections
}

/** One statement with the rows of all sections, marked by `s`. A page alone has no mark. */
function unite(sections: readonly Section[]): SQL {
  const [page] = sections
  if (page === undefined || sections.length === 1) return page?.select ?? sql``

  const width = Math.max(...sections.map(({ shape }) => shape.columns.length))
  const expressions = sections.map(
    ({ select }, index) => sql`${sql.identifier(internalName(index))} AS MATERIALIZED (${select})`,
  )
  const arms = sections.map(({ shape }, index) => arm(shape, index, width))
  return sql`WITH ${sql.join(expressions, sql`, `)} ${withinBudget(unionAll(arms), width)}`
}

/**
 * The first rows: the page, and only enough of the others to detect that they are too many or too
 * large.
 */
function withinBudget(rows: SQL, width: number): SQL {
  const bytes = sumOf(
    Array.from({ length: width }, (_, index) => {
      return sql`ifnull(octet_length(${sql.identifier(`c${index}`)}), 0)`
    }),
  )
  const before = sql`SUM(${bytes}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const counted = sql`SELECT *, ${before} AS "t" FROM (${rows} LIMIT ${sql.raw(String(budget.expandNodes + 1))})`
  return sql`SELECT * FROM (${counted}) WHERE "s" = 0 OR ifnull("t", 0) <= ${sql.raw(String(budget.expandBytes))}`
}

function arm({ columns, collection }: Shape, section: number, width: number): SQL {
  const values = Array.from({ length: width }, (_, index) => {
    const column = sql.identifier(`c${index}`)
    return index < columns.length ? sql`${column}` : sql`NULL AS ${column}`
  })
  const isManager = collection.auth === undefined ? sql`NULL AS "m"` : sql`"m"`
  return sql`SELECT ${sql.raw(String(section))} AS "s", ${sql.join(values, sql`, `)}, ${isManager} FROM ${sql.identifier(internalName(section))}`
}

function sectionRecords(shapes: readonly Shape[], rows: readonly Row[]): LoadedSections {
  const loaded = shapes.map(() => new Map<string, LoadedRecord>())
  for (const row of rows) {
    const index = typeof row['s'] === 'number' ? row['s'] : 0
    const shape = shapes[index]
    if (shape === undefined) continue
    const id = String(row[shape.idColumn])
    loaded[index]?.set(id, { id, row, shape, expand: undefined })
  }
  return loaded
}
