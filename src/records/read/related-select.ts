import { type SQL, sql } from 'drizzle-orm'
import type { CollectionSet } from '#catalog/collection.ts'
import { arrayIn } from '#database/json-list.ts'
import { inContext } from '#filter/open-request.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { budget } from '#kernel/budget.ts'
import type { ExpandStep } from './expand-paths.ts'
import type { Branch } from './expand-tree.ts'
import { accessTo } from '#records/access.ts'
import { columnOf, internalName } from '#records/identifiers.ts'
import type { Shape } from './record-shape.ts'
import { selectList } from './select-list.ts'

/** Maximum records that refer back to one record in `expand`. */
export const maxBackRelations = 1000

/** Selects the records of a branch that the viewer may view, from its parent section. */
export function relatedSelect(
  catalog: CollectionSet,
  viewer: RequestInfo,
  { step, section, parent }: Branch,
  shape: Shape,
  parentShape: Shape,
): SQL {
  const { target, field } = step
  const where =
    step.direction === 'forward'
      ? forwardCondition(step, parent, parentShape.columnName(field))
      : backCondition(step, idsOf(parent, parentShape))
  const access = accessTo(catalog, inContext(viewer, 'expand'), {
    rule: target.rules.view,
    base: { collection: target, alias: target.name, where },
    aliasPrefix: internalName(`${section}_`),
  })
  const visible = access.isGranted
    ? access
    : { with: sql``, joins: sql``, where: sql`FALSE`, isDistinct: false }
  const list = selectList(catalog, viewer, shape, visible.isDistinct)
  const isOrdered = step.direction === 'back' && target.type !== 'view'
  const rowid = isOrdered ? sql`, ${columnOf(target.name, '_rowid_')} AS "r"` : sql``
  const select = sql`${visible.with}${list}${rowid} FROM ${sql.identifier(target.name)} ${
    visible.joins
  } WHERE ${visible.where}`
  const limit = sql` LIMIT ${sql.raw(String(budget.expandNodes + 1))}`
  if (step.direction === 'forward') return sql`${select}${limit}`
  return sql`${limitedPerParent(step, shape, idsOf(parent, parentShape), select)}${limit}`
}

function forwardCondition({ field, target }: ExpandStep, parent: number, name: string): SQL {
  const table = sql.identifier(internalName(parent))
  const column = columnOf(internalName(parent), name)
  const ids = field.isMultiple
    ? sql`SELECT "j"."value" FROM ${table}, json_each(${arrayIn(column)}) AS "j"`
    : sql`SELECT ${column} FROM ${table}`
  return sql`${columnOf(target.name, 'id')} IN (${ids})`
}

function backCondition({ field, target }: ExpandStep, parents: SQL): SQL {
  const column = columnOf(target.name, field.name)
  if (!field.isMultiple) return sql`${column} IN (${parents})`
  return sql`EXISTS (SELECT 1 FROM json_each(${arrayIn(column)}) AS "j" WHERE "j"."value" IN (${parents}))`
}

/** Selects the ids of a section's records. */
function idsOf(section: number, shape: Shape): SQL {
  return sql`SELECT ${sql.identifier(shape.idColumn)} FROM ${sql.identifier(internalName(section))}`
}

/**
 * Keeps the first records that refer to each parent, in order of creation. A record that refers to
 * several parents may occur several times.
 */
function limitedPerParent(
  { field, target }: ExpandStep,
  shape: Shape,
  parents: SQL,
  select: SQL,
): SQL {
  const link = columnOf('s', shape.columnName(field))
  const referrers = field.isMultiple
    ? sql`(${select}) AS "s", json_each(${arrayIn(link)}) AS "j" WHERE "j"."value" IN (${parents})`
    : sql`(${select}) AS "s"`
  const parent = field.isMultiple ? sql`"j"."value"` : link
  const order = target.type === 'view' ? sql`` : sql` ORDER BY "r"`
  const numbered = sql`SELECT "s".*, ROW_NUMBER() OVER (PARTITION BY ${parent}${order}) AS "n" FROM ${referrers}`
  return sql`SELECT * FROM (${numbered}) WHERE "n" <= ${sql.raw(String(maxBackRelations))}${order}`
}
