import { type SQL, sql } from 'drizzle-orm'
import type { CollectionSet } from '#collections/collection.ts'
import { createFilterQuery } from '#filter/query.ts'
import type { ExpandStep } from './expand-paths.ts'
import type { Branch } from './expand-tree.ts'
import { allOf, columnOf, internalName } from './identifiers.ts'
import type { Shape } from './record-shape.ts'
import { selectList } from './select-list.ts'
import type { Viewer } from './viewer.ts'

/** At most so many records refer back to one record in `expand`. */
export const maxBackRelations = 1000

/**
 * The select of the records that a branch leads to from those of its parent section, as far as the
 * viewer may view them.
 */
export function relatedSelect(
  catalog: CollectionSet,
  viewer: Viewer,
  { step, section, parent }: Branch,
  shape: Shape,
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
  } WHERE ${allOf(conditions)}`
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

/** A select of the ids of a section's records. */
function idsOf(section: number, shape: Shape): SQL {
  return sql`SELECT ${sql.identifier(shape.idColumn)} FROM ${sql.identifier(internalName(section))}`
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
