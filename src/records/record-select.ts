/*
 * Records and everything expanded from them, in one statement. The page is a common table
 * expression; each relation to follow is another one that selects from its parent's rows; and the
 * statement returns the rows of all of them, marked by the section they belong to. So `expand` of
 * any depth costs no further trip, and each record is read once however many refer to it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#collections/collection.ts'
import type { Row } from '#database/batch.ts'
import type { Field } from '#fields/field-type.ts'
import { createFilterQuery } from '#filter/query.ts'
import { unionAll } from './compound-select.ts'
import { type ExpandPath, type ExpandStep, parseExpand } from './expand-paths.ts'
import { columnOf, internalName } from './identifiers.ts'
import {
  type LoadedRecord,
  recordJson,
  type RecordJson,
  type Shape,
  shapeFor,
} from './record-shape.ts'
import { ruleHolds, storedRow } from './rule-query.ts'
import type { Viewer } from './viewer.ts'

/** At most so many records refer back to one record in `expand`. */
const maxBackRelations = 1000

/** Which records to read: everything of a select but its column list. */
export interface RecordSource {
  readonly collection: Collection
  /** `FROM ... WHERE ... ORDER BY ... LIMIT ...`, with the table under its own name. */
  readonly from: SQL
  /** Joins may repeat a record. */
  readonly isDistinct: boolean
}

/** A statement, and how to read records out of its rows, in the order of the source. */
export interface RecordSelect {
  readonly statement: SQL
  read(rows: readonly Row[]): RecordJson[]
}

/** A node of the tree that the expand paths form. */
interface Branch {
  readonly step: ExpandStep
  readonly section: number
  readonly children: Map<string, Branch>
}

interface Section {
  readonly shape: Shape
  readonly select: SQL
}

/** Plans the reading of records with their expanded relations. Database: 1 statement. */
export function planRecordSelect(
  catalog: CollectionSet,
  viewer: Viewer,
  source: RecordSource,
  expand = '',
): RecordSelect {
  const paths =
    expand === '' ? [] : parseExpand(expand, source.collection, catalog).map(reachable(viewer))
  const tree = growTree(paths)
  const sections = planSections(catalog, viewer, source, tree)
  return {
    statement: unite(sections),
    read: (rows) => {
      const loaded = sectionRecords(sections, rows)
      const page = [...(loaded[0]?.values() ?? [])]
      for (const path of paths) followPath(path, 0, page, tree.children, loaded)
      return page.map((record) => recordJson(record, viewer))
    },
  }
}

/** Breaks a path off at the first collection whose records the viewer may not view at all. */
function reachable(viewer: Viewer): (path: ExpandPath) => ExpandPath {
  return (path) => {
    const closed = path.steps.findIndex(
      ({ target }) =>
        !viewer.isSuperuser &&
        (target.rules.view.kind === 'locked' || target.rules.view.kind === 'broken'),
    )
    return closed === -1 ? path : { steps: path.steps.slice(0, closed), isBroken: true }
  }
}

interface Tree {
  readonly children: Map<string, Branch>
  /** In the order of their sections, which start at 1. */
  readonly branches: readonly { readonly branch: Branch; readonly parent: number }[]
}

function growTree(paths: readonly ExpandPath[]): Tree {
  const children = new Map<string, Branch>()
  const branches: { branch: Branch; parent: number }[] = []
  for (const path of paths) {
    let level = children
    let parent = 0
    for (const step of path.steps) {
      let branch = level.get(step.key)
      if (branch === undefined) {
        branch = { step, section: branches.length + 1, children: new Map() }
        branches.push({ branch, parent })
        level.set(step.key, branch)
      }
      level = branch.children
      parent = branch.section
    }
  }
  return { children, branches }
}

function planSections(
  catalog: CollectionSet,
  viewer: Viewer,
  source: RecordSource,
  tree: Tree,
): Section[] {
  const links = tree.branches.map(({ branch, parent }) => ({
    field: branch.step.field,
    section: branch.step.direction === 'forward' ? parent : branch.section,
  }))
  const linksOf = (section: number): Field[] =>
    links.filter((link) => link.section === section).map((link) => link.field)

  const page = shapeFor(source.collection, viewer, linksOf(0))
  const sections: Section[] = [
    {
      shape: page,
      select: sql`${selectList(catalog, viewer, page, source.isDistinct)} ${source.from}`,
    },
  ]
  for (const { branch, parent } of tree.branches) {
    const shape = shapeFor(branch.step.target, viewer, linksOf(branch.section))
    const parentShape = sections[parent]?.shape ?? page
    sections.push({
      shape,
      select: relatedSelect(catalog, viewer, branch, shape, parent, parentShape),
    })
  }
  return sections
}

function selectList(
  catalog: CollectionSet,
  viewer: Viewer,
  { collection, list }: Shape,
  isDistinct: boolean,
): SQL {
  const distinct = isDistinct ? sql`DISTINCT ` : sql``
  if (collection.auth === undefined) return sql`SELECT ${distinct}${list}`
  return sql`SELECT ${distinct}${list}, ${manageFlag(catalog, viewer, collection)} AS "m"`
}

/** Whether the viewer manages the account of the row; asked only where the answer matters. */
function manageFlag(catalog: CollectionSet, viewer: Viewer, collection: Collection): SQL {
  const rule = collection.rules.manage
  if (rule.kind !== 'filter' || viewer.isSuperuser || !viewer.request.auth) return sql`NULL`
  return ruleHolds(catalog, viewer, rule, storedRow(collection, columnOf(collection.name, 'id')))
}

function relatedSelect(
  catalog: CollectionSet,
  viewer: Viewer,
  { step, section }: Branch,
  shape: Shape,
  parent: number,
  parentShape: Shape,
): SQL {
  const { target, field } = step
  const query = createFilterQuery({
    catalog,
    request: { ...viewer.request, context: 'expand' },
    base: { collection: target, alias: target.name },
    aliasPrefix: internalName(`${section}_`),
  })
  const rule = target.rules.view
  const visible =
    rule.kind === 'filter' && !viewer.isSuperuser ? query.where(rule.filter, 'rule') : undefined
  const conditions = [
    step.direction === 'forward'
      ? forwardCondition(step, parent, parentShape.columnName(field))
      : backCondition(step, idsOf(parent, parentShape)),
    ...(visible === undefined ? [] : [visible.ok ? visible.sql : sql`FALSE`]),
  ]
  const list = selectList(catalog, viewer, shape, query.hasJoins)
  const isOrdered = step.direction === 'back' && target.type !== 'view'
  const rowid = isOrdered ? sql`, ${columnOf(target.name, '_rowid_')} AS "r"` : sql``
  const select = sql`${list}${rowid} FROM ${sql.identifier(target.name)} ${
    query.joins() ?? sql``
  } WHERE ${sql.join(
    conditions.map((condition) => sql`(${condition})`),
    sql` AND `,
  )}`
  if (step.direction === 'forward') return select
  return limitedPerParent(step, shape, idsOf(parent, parentShape), select)
}

function forwardCondition({ field, target }: ExpandStep, parent: number, name: string): SQL {
  const table = sql.identifier(internalName(parent))
  const column = columnOf(internalName(parent), name)
  const ids = field.isMultiple
    ? sql`SELECT "j"."value" FROM ${table}, json_each(${jsonList(column)}) AS "j"`
    : sql`SELECT ${column} FROM ${table}`
  return sql`${columnOf(target.name, 'id')} IN (${ids})`
}

function backCondition({ field, target }: ExpandStep, parents: SQL): SQL {
  const column = columnOf(target.name, field.name)
  if (!field.isMultiple) return sql`${column} IN (${parents})`
  return sql`EXISTS (SELECT 1 FROM json_each(${jsonList(column)}) AS "j" WHERE "j"."value" IN (${parents}))`
}

/** The column in which the ids of records arrive. */
function idColumn({ collection, columnName }: Shape): string {
  const field = collection.field('id')
  return field === undefined ? '' : columnName(field)
}

/** A select of the ids of a section's records. */
function idsOf(section: number, shape: Shape): SQL {
  return sql`SELECT ${sql.identifier(idColumn(shape))} FROM ${sql.identifier(internalName(section))}`
}

/**
 * Keeps the first records that refer to each parent, in the order they were made in. A record that
 * refers to several parents may come several times.
 */
function limitedPerParent(
  { field, target }: ExpandStep,
  shape: Shape,
  parents: SQL,
  select: SQL,
): SQL {
  const link = columnOf('s', shape.columnName(field))
  const referrers = field.isMultiple
    ? sql`(${select}) AS "s", json_each(${jsonList(link)}) AS "j" WHERE "j"."value" IN (${parents})`
    : sql`(${select}) AS "s"`
  const parent = field.isMultiple ? sql`"j"."value"` : link
  const order = target.type === 'view' ? sql`` : sql` ORDER BY "r"`
  const numbered = sql`SELECT "s".*, ROW_NUMBER() OVER (PARTITION BY ${parent}${order}) AS "n" FROM ${referrers}`
  return sql`SELECT * FROM (${numbered}) WHERE "n" <= ${sql.raw(String(maxBackRelations))}${order}`
}

/** The list in a column, tolerant of one that holds no JSON. */
function jsonList(column: SQL): SQL {
  return sql`CASE WHEN json_valid(${column}) THEN ${column} ELSE '[]' END`
}

/** One statement that returns the rows of all sections, marked by `s`. A page alone needs no mark. */
function unite(sections: readonly Section[]): SQL {
  const [page] = sections
  if (page === undefined || sections.length === 1) return page?.select ?? sql``

  const width = Math.max(...sections.map(({ shape }) => shape.columns.length))
  const expressions = sections.map(
    ({ select }, index) => sql`${sql.identifier(internalName(index))} AS MATERIALIZED (${select})`,
  )
  const arms = sections.map(({ shape }, index) => arm(shape, index, width))
  return sql`WITH ${sql.join(expressions, sql`, `)} ${unionAll(arms)}`
}

function arm({ columns, collection }: Shape, section: number, width: number): SQL {
  const values = Array.from({ length: width }, (_, index) => {
    const column = sql.identifier(`c${index}`)
    return index < columns.length ? sql`${column}` : sql`NULL AS ${column}`
  })
  const manages = collection.auth === undefined ? sql`NULL AS "m"` : sql`"m"`
  return sql`SELECT ${sql.raw(String(section))} AS "s", ${sql.join(values, sql`, `)}, ${manages} FROM ${sql.identifier(internalName(section))}`
}

function sectionRecords(
  sections: readonly Section[],
  rows: readonly Row[],
): ReadonlyMap<string, LoadedRecord>[] {
  const loaded = sections.map(() => new Map<string, LoadedRecord>())
  const idColumns = sections.map(({ shape }) => idColumn(shape))
  for (const row of rows) {
    const index = typeof row['s'] === 'number' ? row['s'] : 0
    const section = sections[index]
    if (section === undefined) continue
    const id = String(row[idColumns[index] ?? ''])
    loaded[index]?.set(id, { id, row, shape: section.shape, expand: undefined })
  }
  return loaded
}

/**
 * Attaches what one path leads to. A broken path leaves no trace, provided it was reached: where
 * nothing is related on the way, nobody notices that it breaks later.
 */
function followPath(
  path: ExpandPath,
  depth: number,
  records: readonly LoadedRecord[],
  branches: ReadonlyMap<string, Branch>,
  loaded: readonly ReadonlyMap<string, LoadedRecord>[],
): boolean {
  const step = path.steps[depth]
  const branch = step && branches.get(step.key)
  if (step === undefined || branch === undefined) return !path.isBroken

  const related = relatedBy(step, records, loaded[branch.section] ?? new Map())
  const found = [...new Set([...related.values()].flat())]
  if (found.length > 0 && !followPath(path, depth + 1, found, branch.children, loaded)) return false

  for (const record of records) {
    record.expand ??= {}
    const list = related.get(record) ?? []
    const [first] = list
    if (first !== undefined) record.expand[step.key] = step.isSingle ? first : list
  }
  return true
}

/** The related records of each record, in the order of its ids or, backwards, of the rows. */
function relatedBy(
  step: ExpandStep,
  records: readonly LoadedRecord[],
  candidates: ReadonlyMap<string, LoadedRecord>,
): Map<LoadedRecord, LoadedRecord[]> {
  if (step.direction === 'forward') {
    return new Map(
      records.map((record) => [
        record,
        linkedIds(record, step.field)
          .map((id) => candidates.get(id))
          .filter((candidate) => candidate !== undefined),
      ]),
    )
  }
  const byParent = Map.groupBy(
    [...candidates.values()].flatMap((child) =>
      linkedIds(child, step.field).map((parent) => ({ parent, child })),
    ),
    ({ parent }) => parent,
  )
  return new Map(
    records.map((record) => [
      record,
      (byParent.get(record.id) ?? []).slice(0, maxBackRelations).map(({ child }) => child),
    ]),
  )
}

function linkedIds({ row, shape }: LoadedRecord, field: Field): string[] {
  const value = field.fromColumn(row[shape.columnName(field)])
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value !== '' ? [value] : []
}
