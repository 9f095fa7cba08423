/*
 * Deletes records with their cascade, in one batch. Records that refer to a deleted one through a
 * cascading relation are deleted when their list becomes empty. Others lose the reference, and a
 * required reference that would become empty fails the whole deletion.
 *
 * The database finds the deleted records: the table `_cascade` is filled with them, read by the
 * following statements, and emptied, all within the batch.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection, Reference } from '#catalog/collection.ts'
import type { ChangedRecords, DeletionFollower, PlanContext } from '#catalog/plan-context.ts'
import { accountTables, isSuperusers } from '#catalog/system-collections.ts'
import { isDisabled } from '#database/account-states.ts'
import { arrayIn } from '#database/json-list.ts'
import { sweepAll } from '#database/file-sweeps.ts'
import { list, type Query } from '#database/query.ts'
import { allOf } from '#database/long-expressions.ts'
import { cascadeTable } from '#database/schema.ts'
import { recordDeletion } from '#events/record-changes.ts'
import type { ErrorSpec } from '#kernel/errors.ts'
import { maxCompoundTerms, unionAll } from '#records/read/compound-select.ts'
import { columnOf } from '#records/identifiers.ts'
import type { WriteBuilder } from './record-write.ts'

/** The deleted records of one collection, before the cascade. */
interface Deletion {
  readonly collection: Collection
  /** The id of one record, or all records. */
  readonly records: { readonly id: string } | 'all'
  readonly context: PlanContext
  readonly followers: readonly DeletionFollower[]
}

/** The statements of a deletion, and its conditions in order of evaluation. */
interface RemovalPlan {
  /** Finds the cascade. Run it before the conditions are evaluated. */
  readonly prepare: readonly SQL[]
  /** True if no required reference loses its last record. */
  readonly keepsRequired: SQL
  /** At least one superuser remains. */
  readonly keepsSuperuser: SQL | undefined
  /** Reads the deleted records, and who may receive them. Run it after the cascade is known. */
  readonly events: Query<unknown>
  /** Records the changes of records that lost references. Run it after the writes. */
  readonly recorded: Query<unknown>
  /** Sweeps orphaned files. Run them before the writes. */
  readonly sweeps: readonly SQL[]
  readonly writes: readonly SQL[]
  /** The collections whose records lose a reference. */
  readonly changed: readonly Collection[]
}

/** The maximum rounds for circular lists of relations. A deletion that needs more fails. */
const maxRounds = 30
/** D1 allows five terms in a compound select; the first is the start. */
const maxEdgesPerRecursion = maxCompoundTerms - 1

/**
 * Plans a deletion. Database: statements of one batch. Rows are read only if a relation refers to
 * the collection.
 */
function planRemoval({ collection, records, context, followers }: Deletion): RemovalPlan {
  const { now } = context
  const reached = reachedByCascade(collection)
  const edges = [...reached].flatMap((target) =>
    target.references.map((reference) => ({ ...reference, target })),
  )
  const cascades = edges.filter(({ field }) => field.cascadeDelete)
  const ids =
    records === 'all'
      ? sql`SELECT "id" FROM ${sql.identifier(collection.name)}`
      : sql`SELECT ${records.id}`
  // References are dropped after the records, when a query of the original state finds nothing.
  const isCollected = cascades.length > 0 || (records === 'all' && edges.length > 0)
  const deletedIds = (target: Collection): SQL => {
    if (isCollected) {
      return sql`(SELECT "recordRef" FROM ${cascadeTable} WHERE "collectionRef" = ${target.id})`
    }
    return target === collection ? sql`(${ids})` : sql`(SELECT NULL WHERE FALSE)`
  }

  const planned = {
    first: records === 'all' ? undefined : records.id,
    leaving: [...reached].map((target) => ({ collection: target, ids: deletedIds(target) })),
    losing: losingReferences(edges, deletedIds),
  }
  const recorded = recordDeletion(context, planned)
  const holders = edges.filter(({ field }) => field.isRequired && !field.cascadeDelete)
  return {
    prepare: isCollected ? collectCascade(collection, ids, cascades, deletedIds) : [],
    keepsRequired: allOf([...cascades, ...holders].map((edge) => orphansNothing(edge, deletedIds))),
    keepsSuperuser: superuserRemains(reached, deletedIds, now),
    events: list([recorded.before, ...followers.map((follower) => follower.events(planned))]),
    recorded: recorded.after,
    sweeps: [...reached]
      .flatMap((target) =>
        abandonedFiles(target, deletedIds, records === 'all' && target === collection),
      )
      .map((prefixes) => sweepAll(prefixes, now)),
    writes: [
      ...[...reached].flatMap((target) => deleteRecords(target, deletedIds)),
      ...edges.map((edge) => dropReferences(edge, deletedIds, now)),
      ...(isCollected ? [sql`DELETE FROM ${cascadeTable}`] : []),
    ],
    changed: edges.map((edge) => edge.collection),
  }
}

/** The errors of a deletion that is refused. */
interface DeletionErrors {
  readonly lastSuperuser: ErrorSpec
  readonly failed: ErrorSpec
}

/** Adds a deletion, with everything that follows from it, to a write. */
export async function addDeletion(
  plan: WriteBuilder,
  context: PlanContext,
  target: Pick<Deletion, 'collection' | 'records'>,
  errors: DeletionErrors,
): Promise<void> {
  const followers = await followDeletion(context, target.collection)
  const removal = planRemoval({ ...target, context, followers })
  plan.add(...removal.prepare)
  if (removal.keepsSuperuser !== undefined) {
    plan.require('superuser', removal.keepsSuperuser, errors.lastSuperuser)
  }
  plan.require('references', removal.keepsRequired, errors.failed)
  plan.addQuery(removal.events)
  plan.addSweeps(...removal.sweeps)
  plan.addAffecting(removal.changed, ...removal.writes)
  plan.addQuery(removal.recorded)
}

/** Prepares the followers of a write for a deletion. */
async function followDeletion(
  context: PlanContext,
  collection: Collection,
): Promise<readonly DeletionFollower[]> {
  const touched = touchedBy(collection)
  return await Promise.all(
    context.followers.map((follower) => follower.followDeletion(context, touched)),
  )
}

/** The collections whose records are deleted or changed with records of this one. */
function touchedBy(collection: Collection): Collection[] {
  const reached = [...reachedByCascade(collection)]
  const referring = reached.flatMap((target) => target.references.map((edge) => edge.collection))
  return [...new Set([...reached, ...referring])]
}

/** The collections whose records may be deleted by cascade with records of this one. */
export function takenAlong(collection: Collection): Collection[] {
  return [...reachedByCascade(collection)].flatMap((target) =>
    target.references.flatMap((edge) => (edge.field.cascadeDelete ? [edge.collection] : [])),
  )
}

/** A relation field, and the collection it refers to. */
interface Edge extends Reference {
  readonly target: Collection
}

/** The deleted ids of a collection, in parentheses. */
type Gone = (collection: Collection) => SQL

function reachedByCascade(root: Collection): ReadonlySet<Collection> {
  const reached = new Set([root])
  // A set visits elements added during iteration.
  for (const target of reached) {
    for (const { collection, field } of target.references) {
      if (field.cascadeDelete) reached.add(collection)
    }
  }
  return reached
}

/**
 * Fills `_cascade`. Single relations are followed by recursion. Whether a list becomes empty can
 * only be decided from earlier results, which takes rounds. A round after one without results reads
 * nothing.
 */
function collectCascade(
  root: Collection,
  ids: SQL,
  cascades: readonly Edge[],
  deletedIds: Gone,
): SQL[] {
  const singles = cascades.filter(({ field }) => !field.isMultiple)
  const lists = cascades.filter(({ field }) => field.isMultiple)
  const finders: SQL[] = []
  for (let start = 0; start < singles.length; start += maxEdgesPerRecursion) {
    finders.push(followSingles(singles.slice(start, start + maxEdgesPerRecursion)))
  }
  finders.push(...lists.map((edge) => followList(edge, deletedIds)))

  const into = sql`INTO ${cascadeTable} ("collectionRef", "recordRef")`
  const start = sql`INSERT ${into} SELECT ${root.id}, "id" FROM ${sql.identifier(root.name)} WHERE "id" IN (${ids})`
  if (finders.length === 0) return [start]
  const round = sql`INSERT OR IGNORE ${into} SELECT "c", "r" FROM (${unionAll(finders)}) LIMIT iif(changes() > 0, -1, 0)`
  return [start, ...Array.from({ length: roundsOf(cascades, finders.length) }, () => round)]
}

/** The number of rounds that find everything. */
function roundsOf(cascades: readonly Edge[], finders: number): number {
  if (finders === 1 && cascades.every(({ field }) => !field.isMultiple)) return 1
  const isCircular = cascades.some(({ collection, target }) =>
    reachedByCascade(collection).has(target),
  )
  return isCircular ? maxRounds : cascades.length
}

/** Selects the records that refer to the found ones through single relations, at any depth. */
function followSingles(edges: readonly Edge[]): SQL {
  const terms = edges.map(({ collection, field, target }) => {
    const referrer = columnOf('k', field.name)
    return sql`SELECT ${collection.id}, "k"."id" FROM "gone" JOIN ${sql.identifier(collection.name)} AS "k" ON "gone"."c" = ${target.id} AND ${referrer} = "gone"."r"`
  })
  return sql`SELECT * FROM (WITH RECURSIVE "gone" ("c", "r") AS (SELECT "collectionRef", "recordRef" FROM ${cascadeTable} UNION ${sql.join(terms, sql` UNION `)}) SELECT "c", "r" FROM "gone")`
}

/** Selects the records whose list of relations becomes empty. */
function followList(edge: Edge, deletedIds: Gone): SQL {
  const { collection } = edge
  return sql`SELECT ${collection.id} AS "c", "id" AS "r" FROM ${sql.identifier(collection.name)} WHERE ${allDeleted(edge, deletedIds)}`
}

/**
 * True if no record remains that refers to deleted records only. For a cascading relation this
 * holds once all are found; for a required one it must hold.
 */
function orphansNothing(edge: Edge, deletedIds: Gone): SQL {
  const { collection } = edge
  return sql`NOT EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE ${allDeleted(edge, deletedIds)} AND "id" NOT IN ${deletedIds(collection)})`
}

function superuserRemains(
  reached: ReadonlySet<Collection>,
  deletedIds: Gone,
  now: Date,
): SQL | undefined {
  const superusers = [...reached].find(isSuperusers)
  if (superusers === undefined) return undefined
  const id = columnOf(superusers.name, 'id')
  const canSignIn = sql`NOT ${isDisabled({ collection: superusers, recordId: id }, now)}`
  return sql`EXISTS (SELECT 1 FROM "_superusers" WHERE "id" NOT IN ${deletedIds(superusers)} AND ${canSignIn})`
}

/** The values of a multiple relation. A column without a list has one value. */
function listOf({ collection, field }: Edge): SQL {
  return sql`json_each(${arrayIn(columnOf(collection.name, field.name))})`
}

/** True if the relation is set, and refers to deleted records only. */
function allDeleted(edge: Edge, deletedIds: Gone): SQL {
  const { collection, field, target } = edge
  if (!field.isMultiple)
    return sql`${columnOf(collection.name, field.name)} IN ${deletedIds(target)}`
  return sql`(EXISTS (SELECT 1 FROM ${listOf(edge)}) AND NOT EXISTS (SELECT 1 FROM ${listOf(edge)} AS "j" WHERE "j"."value" NOT IN ${deletedIds(target)}))`
}

/** True if the relation refers to a deleted record, and its own record stays. */
function losesSome(edge: Edge, deletedIds: Gone): SQL {
  const { collection, field, target } = edge
  const refers = field.isMultiple
    ? sql`EXISTS (SELECT 1 FROM ${listOf(edge)} AS "j" WHERE "j"."value" IN ${deletedIds(target)})`
    : sql`${columnOf(collection.name, field.name)} IN ${deletedIds(target)}`
  return sql`${refers} AND "id" NOT IN ${deletedIds(collection)}`
}

function losingReferences(edges: readonly Edge[], deletedIds: Gone): ChangedRecords[] {
  return [...Map.groupBy(edges, ({ collection }) => collection)].map(([collection, own]) => ({
    collection,
    targets: own.map(({ target }) => target),
    where: sql.join(
      own.map((edge) => losesSome(edge, deletedIds)),
      sql` OR `,
    ),
  }))
}

function dropReferences(edge: Edge, deletedIds: Gone, now: Date): SQL {
  const { collection, field, target } = edge
  const rest = field.isMultiple
    ? sql`(SELECT json_group_array("j"."value") FROM ${listOf(edge)} AS "j" WHERE "j"."value" NOT IN ${deletedIds(target)})`
    : sql`''`
  const assignments = [sql`${sql.identifier(field.name)} = ${rest}`, ...autodates(collection, now)]
  return sql`UPDATE ${sql.identifier(collection.name)} SET ${sql.join(assignments, sql`, `)} WHERE ${losesSome(edge, deletedIds)}`
}

/** The values that the server sets on every update. */
function autodates(collection: Collection, now: Date): SQL[] {
  return collection.fields.flatMap((field) => {
    const stored = { sql: columnOf(collection.name, field.name) }
    const value = field.acceptsInput ? undefined : field.fill('update', stored, now)
    return value === undefined
      ? []
      : [sql`${sql.identifier(field.name)} = ${field.toColumn(value)}`]
  })
}

/** A query for the prefixes of deleted records' files; none for a collection without files. */
function abandonedFiles(collection: Collection, deletedIds: Gone, isAll: boolean): SQL[] {
  const columns = collection.fields.filter(({ isFile }) => isFile)
  if (columns.length === 0) return []
  if (isAll) return [sql`SELECT ${`${collection.id}/`} AS "prefix"`]
  const hasFiles = columns.map(
    ({ name }) => sql`${columnOf(collection.name, name)} NOT IN ('', '[]')`,
  )
  return [
    sql`SELECT ${`${collection.id}/`} || "id" || '/' AS "prefix" FROM ${sql.identifier(collection.name)} WHERE "id" IN ${deletedIds(collection)} AND (${sql.join(hasFiles, sql` OR `)})`,
  ]
}

function deleteRecords(collection: Collection, deletedIds: Gone): SQL[] {
  const belongings = collection.auth === undefined ? [] : accountTables
  return [
    ...belongings.map(
      (name) =>
        sql`DELETE FROM ${sql.identifier(name)} WHERE "collectionRef" = ${collection.id} AND "recordRef" IN ${deletedIds(collection)}`,
    ),
    sql`DELETE FROM ${sql.identifier(collection.name)} WHERE "id" IN ${deletedIds(collection)}`,
  ]
}
