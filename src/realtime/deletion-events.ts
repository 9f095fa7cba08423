/*
 * The events of a deletion. Access to a record is checked while it still exists, in the batch that
 * deletes it. If there is a subscriber that was not checked, the batch is undone and planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { eventQuery, publicColumns, publicFields, topicsOf } from '#catalog/record-events.ts'
import type {
  ChangedRecords,
  DeletedRecords,
  PlanContext,
  PlannedDeletion,
} from '#catalog/plan-context.ts'
import type { Row } from '#database/batch.ts'
import { after, all, list, map, one, type Query } from '#database/query.ts'
import { noUnknownSubscriber } from '#database/realtime-subscriptions.ts'
import { sumOf } from '#database/long-expressions.ts'
import { integer } from '#database/integer.ts'
import {
  type SubscriberGroup,
  maxListedGroups,
  type RecordEvent,
  type DeletedRecord,
} from '#platform/realtime.ts'
import type { Subscribers } from './directory.ts'
import {
  ageColumn,
  type DeletionStep,
  orderDeletion,
  type RecordsBefore,
} from './deletion-order.ts'
import { columnOf } from '#records/identifiers.ts'
import { selectEndedSessions } from '#realtime/access/ended-sessions.ts'
import { planSubscriberAccess } from '#realtime/access/subscriber-access.ts'

/** Maximum statements of a deletion that check access, because the writer waits for them. */
const maxStatements = 400
/** Maximum results of these checks: one for each record and each subscriber with access. */
const maxSights = 20_000
/** Maximum records with events of their own. */
const maxRecords = 1000
/** Their maximum size in bytes. */
const maxBytes = 5_000_000

/** The statements for access checks that the deletions of one request may still add. */
export interface StatementRoom {
  left: number
}

/** The budget of one request's deletions. */
export function newStatementRoom(): StatementRoom {
  return { left: maxStatements }
}

/** Reads what is deleted and what loses references, before it happens. */
export function planDeletionEvents(
  context: PlanContext,
  { shards, groups }: Subscribers,
  { first, leaving, losing }: PlannedDeletion,
  room: StatementRoom,
): Query<unknown> {
  const touched = [...new Set([...leaving, ...losing].map(({ collection }) => collection))]
  const guard = noUnknownSubscriber(touched.flatMap(topicsOf), shards, context.now)
  if (groups === 'unknown' || groups.length === 0) {
    const told = groups === 'unknown' ? touched : []
    const resyncs = list(told.map((collection) => resyncEvents(collection, sql`TRUE`)))
    return eventQuery(
      touched,
      after(
        [guard],
        map(resyncs, (events) => events.flat()),
      ),
    )
  }
  const deleted = askAll(context, groups, leaving, room)
  const read = all({
    deleted: list(deleted.map(({ query }) => query)),
    changed: list(losing.map((records) => readLosing(records, deleted))),
  })
  const events = map(read, (found) => {
    const removals = new Map(found.deleted.flatMap((records) => records.removals))
    const steps = orderDeletion({
      first,
      deleted: found.deleted,
      changed: found.changed,
      now: context.now,
    })
    const resyncs = [...found.deleted, ...found.changed].flatMap((records) => records.resyncs)
    return [...steps.flatMap((step) => eventOf(step, removals) ?? []), ...resyncs]
  })
  return eventQuery(touched, after([guard], events))
}

/** The records of a collection, if there are not too many; otherwise its subscribers resync. */
interface ReadRecords extends RecordsBefore {
  readonly resyncs: readonly RecordEvent[]
}

/** Deleted records, and who may receive each of them. */
interface ReadDeletions extends ReadRecords {
  /** By collection and id. */
  readonly removals: readonly (readonly [string, DeletedRecord])[]
}

/** Reads the records of a collection that are deleted. */
interface CheckedDeletion {
  readonly collection: Collection
  /** True if they have no events of their own. */
  readonly hasNoEvents: SQL
  /** The number of statements that check access. */
  readonly accessStatements: number
  readonly query: Query<ReadDeletions>
}

function eventOf(
  { action, collection, row }: DeletionStep,
  removals: ReadonlyMap<string, DeletedRecord>,
): RecordEvent | undefined {
  if (action === 'update') return { action, collectionId: collection.id, row }
  const removal = removals.get(removalKey(collection, row))
  return removal && { ...removal, row }
}

function removalKey({ id }: Collection, row: Row): string {
  return `${id}/${String(row['id'])}`
}

function askAll(
  context: PlanContext,
  groups: readonly SubscriberGroup[],
  leaving: readonly DeletedRecords[],
  room: StatementRoom,
): CheckedDeletion[] {
  return leaving.map((records, at) => {
    if (room.left <= 0) return askNothing(records)
    const checked = askLeaving(
      context,
      groups,
      records,
      Math.ceil(room.left / (leaving.length - at)),
    )
    room.left -= checked.accessStatements
    return checked
  })
}

/** For lack of budget for access checks, all subscribers resync. */
function askNothing({ collection }: DeletedRecords): CheckedDeletion {
  const query = map(resyncEvents(collection, sql`TRUE`), (resyncs) => ({
    collection,
    rows: [],
    removals: [],
    resyncs,
  }))
  return { collection, hasNoEvents: sql`TRUE`, accessStatements: 0, query }
}

function askLeaving(
  context: PlanContext,
  groups: readonly SubscriberGroup[],
  leaving: DeletedRecords,
  most: number,
): CheckedDeletion {
  const { collection, ids } = leaving
  const accounts = groups.flatMap((group) => group.accounts)
  const records = Math.floor(maxSights / (groups.length + accounts.length))
  const areMany = areMoreThan(leaving, Math.min(Math.max(records, 1), maxRecords))
  const isLeaving = sql`${columnOf(collection.name, 'id')} IN ${ids} AND NOT ${areMany}`
  const from = sql`${sql.identifier(collection.name)}`
  const access = planSubscriberAccess(context, { collection, from, where: isLeaving }, groups, most)
  const unasked = new Set(access.unasked.map(({ key }) => key))
  const isComplete = unasked.size === 0 && groups.length < maxListedGroups
  const read = all({
    accessTo: access,
    ended: selectEndedSessions(context, accounts),
    rows: selectBefore(collection, isLeaving),
    resyncs: resyncEvents(collection, areMany),
  })
  const query = map(read, ({ accessTo, ended, rows, resyncs }) => {
    const removals = rows.map((row) => {
      const groupAccess = [...accessTo(String(row['id']))].filter(([key]) => !unasked.has(key))
      const removal: DeletedRecord = {
        action: 'delete',
        collectionId: collection.id,
        row,
        access: new Map(groupAccess),
        ended,
        isComplete,
      }
      return [removalKey(collection, row), removal] as const
    })
    return { collection, rows, removals, resyncs }
  })
  return { collection, hasNoEvents: areMany, accessStatements: access.statements.length, query }
}

/** If the deleted records have no events of their own, neither have those that lose references. */
function readLosing(
  { collection, targets, where }: ChangedRecords,
  leaving: readonly CheckedDeletion[],
): Query<ReadRecords> {
  const withoutEvents = leaving.filter((records) => targets.includes(records.collection))
  const hasNoEvents = sql`(${sql.join(
    withoutEvents.map((records) => records.hasNoEvents),
    sql` OR `,
  )})`
  const isLosing = sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE ${where})`
  const read = all({
    rows: selectBefore(collection, sql`(${where}) AND NOT ${hasNoEvents}`),
    resyncs: resyncEvents(collection, sql`${hasNoEvents} AND ${isLosing}`),
  })
  return map(read, (found) => ({ collection, ...found }))
}

/** Selects the public columns of records, and their age. */
function selectBefore(collection: Collection, where: SQL): Query<readonly Row[]> {
  const statement = sql`SELECT ${publicColumns(collection)}, "_rowid_" AS ${sql.identifier(ageColumn)} FROM ${sql.identifier(collection.name)} WHERE ${where}`
  return one(statement, (rows) => rows)
}

/** True if there are more, or larger, deleted records than can have events of their own. */
function areMoreThan({ collection, ids }: DeletedRecords, count: number): SQL {
  const sizes = publicFields(collection).map(
    ({ name }) => sql`ifnull(octet_length(${sql.identifier(name)}), 0)`,
  )
  return sql`((SELECT count(*) FROM (SELECT 1 FROM ${ids} LIMIT ${integer(count + 1)})) > ${count}
    OR (SELECT total(${sumOf(sizes)}) FROM ${sql.identifier(collection.name)} WHERE "id" IN ${ids}) > ${maxBytes})`
}

/** Tells the subscribers of a collection to resync if a condition is true. */
function resyncEvents(collection: Collection, condition: SQL): Query<readonly RecordEvent[]> {
  return one(sql`SELECT 1 WHERE ${condition}`, (rows) =>
    rows.map(() => ({ action: 'resync', collectionId: collection.id })),
  )
}
