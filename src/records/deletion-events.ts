/*
 * What listeners hear of a removal. Who may hear of a record is asked while it is still there, in the
 * batch that removes it; the batch is undone when somebody listens who was not asked about, and
 * planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { publicColumns, publicFields, topicsOf, watched } from '#catalog/record-events.ts'
import type { PlanContext } from '#catalog/transact.ts'
import type { Row } from '#database/batch.ts'
import { sumOf } from '#database/sum-of.ts'
import { noUnknownSubscriber } from '#database/realtime-subscriptions.ts'
import {
  type Subscribers,
  type SubscriberGroup,
  maxListedGroups,
  type RecordEvent,
  type DeletedRecord,
} from '#platform/realtime.ts'
import {
  ageColumn,
  type DeletionStep,
  orderDeletion,
  type RecordsBefore,
} from './deletion-order.ts'
import { columnOf } from './identifiers.ts'
import { planSubscriberAccess, planEnded } from './subscriber-access.ts'

/** Who listens to collections that a removal touches, and what it takes to ask about them. */
export interface DeletionSubscribers {
  readonly scope: PlanContext
  readonly audience: Subscribers
}

/** Who listens to collections; undefined where nobody is ever told. Asks shards only where some are known to listen. */
export async function findSubscribers(
  scope: PlanContext,
  collections: readonly Collection[],
): Promise<DeletionSubscribers | undefined> {
  const audience = await scope.realtime?.audience(collections.flatMap(topicsOf))
  return audience && { scope, audience }
}

/** Records of a collection that go. */
export interface DeletedRecords {
  readonly collection: Collection
  /** A query for their ids, in parentheses. */
  readonly ids: SQL
}

/** Records of a collection that lose references and stay. */
export interface ChangedRecords {
  readonly collection: Collection
  /** The collections whose deleted records they refer to. */
  readonly targets: readonly Collection[]
  readonly where: SQL
}

/** What a removal does to records, as its listeners are told. */
export interface Removed {
  /** The record that the request names, if it names one. */
  readonly first: string | undefined
  /** The collection that the request names comes first. */
  readonly leaving: readonly DeletedRecords[]
  readonly losing: readonly ChangedRecords[]
}

/** Statements of a removal that ask who hears of it: the writer waits for them. */
const maxStatements = 400
/** Answers of a removal, one for each record and each who may hear of it. */
const maxSights = 20_000
/** Records that are told of one by one. */
const maxRecords = 1000
/** And bytes of them. */
const maxBytes = 5_000_000

/** The statements to run before records go and others lose their references. */
export function planDeletionEvents(
  { scope, audience }: DeletionSubscribers,
  { first, leaving, losing }: Removed,
): SQL[] {
  const { shards, groups } = audience
  const touched = [...new Set([...leaving, ...losing].map(({ collection }) => collection))]
  const guard = noUnknownSubscriber(touched.flatMap(topicsOf), shards, scope.now)
  if (groups === 'unknown' || groups.length === 0) {
    const untold = groups === 'unknown' ? resyncEvents(touched) : []
    return [watched(guard, { collections: touched, events: () => [] }), ...untold]
  }
  const deleted = askAll(scope, groups, leaving)
  const changed = losing.map((records) => readLosing(records, deleted))
  return [
    watched(guard, {
      collections: touched,
      events: (_, rowsOf) => {
        const removals = new Map(deleted.flatMap((asked) => asked.removals(rowsOf)))
        const steps = orderDeletion({
          first,
          deleted: deleted.map((asked) => asked.before(rowsOf)),
          changed: changed.map((read) => read.before(rowsOf)),
          now: scope.now,
        })
        return steps.flatMap((step) => eventOf(step, removals) ?? [])
      },
    }),
    ...[...deleted, ...changed].flatMap(({ statements }) => statements),
  ]
}

/** Whoever listens to one of these collections reads anew. */
function resyncEvents(touched: readonly Collection[]): SQL[] {
  return touched.map((collection) => resyncEvent(collection, sql`TRUE`))
}

type RowsOf = (statement: SQL) => readonly Row[]

/** Statements that read the records of a collection, as far as their number allows. */
interface ReadBefore {
  readonly statements: readonly SQL[]
  before(rowsOf: RowsOf): RecordsBefore
}

/** The same of records that go, and who hears of each of them. */
interface CheckedDeletion extends ReadBefore {
  readonly collection: Collection
  /** When they are not told of one by one. */
  readonly isUntold: SQL
  /** By collection and id. */
  removals(rowsOf: RowsOf): (readonly [string, DeletedRecord])[]
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

/** Questions that the removals of one batch ask so far, by the scope they are planned in. */
const asked = new WeakMap<PlanContext, number>()

function askAll(
  scope: PlanContext,
  groups: readonly SubscriberGroup[],
  leaving: readonly DeletedRecords[],
): CheckedDeletion[] {
  return leaving.map((records, at) => {
    const room = maxStatements - (asked.get(scope) ?? 0)
    return room > 0
      ? askLeaving(scope, groups, records, Math.ceil(room / (leaving.length - at)))
      : askNothing(records)
  })
}

/** Where there is no room for questions left, whoever listens reads anew. */
function askNothing({ collection }: DeletedRecords): CheckedDeletion {
  return {
    collection,
    isUntold: sql`TRUE`,
    statements: resyncEvents([collection]),
    before: () => ({ collection, rows: [] }),
    removals: () => [],
  }
}

function askLeaving(
  scope: PlanContext,
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
  const question = planSubscriberAccess(scope, { collection, from, where: isLeaving }, groups, most)
  asked.set(scope, (asked.get(scope) ?? 0) + question.statements.length)
  const endedSessions = planEnded(scope, accounts)
  const rows = selectBefore(collection, isLeaving)
  return {
    collection,
    isUntold: areMany,
    statements: [
      ...question.statements,
      ...endedSessions.statements,
      rows,
      resyncEvent(collection, areMany),
    ],
    before: (rowsOf) => ({ collection, rows: rowsOf(rows) }),
    removals: (rowsOf) => {
      const sightsOf = question.read(question.statements.map(rowsOf))
      const unasked = new Set(question.unasked.map(({ key }) => key))
      const ended = endedSessions.read(endedSessions.statements.map(rowsOf))
      return rowsOf(rows).map((row) => {
        const access = [...sightsOf(String(row['id']))].filter(([key]) => !unasked.has(key))
        const removal: DeletedRecord = {
          action: 'delete',
          collectionId: collection.id,
          row,
          access: new Map(access),
          ended,
          isComplete: unasked.size === 0 && groups.length < maxListedGroups,
        }
        return [removalKey(collection, row), removal] as const
      })
    },
  }
}

/** Where what they refer to is not told of one by one, neither are those that lose it. */
function readLosing(
  { collection, targets, where }: ChangedRecords,
  leaving: readonly CheckedDeletion[],
): ReadBefore {
  const untold = leaving.filter((records) => targets.includes(records.collection))
  const isUntold = sql`(${sql.join(
    untold.map((records) => records.isUntold),
    sql` OR `,
  )})`
  const rows = selectBefore(collection, sql`(${where}) AND NOT ${isUntold}`)
  const isLosing = sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE ${where})`
  return {
    statements: [rows, resyncEvent(collection, sql`${isUntold} AND ${isLosing}`)],
    before: (rowsOf) => ({ collection, rows: rowsOf(rows) }),
  }
}

/** Selects what others may come to see of records, and their age. */
function selectBefore(collection: Collection, where: SQL): SQL {
  return sql`SELECT ${publicColumns(collection)}, "_rowid_" AS ${sql.identifier(ageColumn)} FROM ${sql.identifier(collection.name)} WHERE ${where}`
}

/** Whether more records go, or larger ones, than are told of one by one. */
function areMoreThan({ collection, ids }: DeletedRecords, count: number): SQL {
  const sizes = publicFields(collection).map(
    ({ name }) => sql`ifnull(octet_length(${sql.identifier(name)}), 0)`,
  )
  return sql`((SELECT count(*) FROM (SELECT 1 FROM ${ids} LIMIT CAST(${count + 1} AS INTEGER))) > ${count}
    OR (SELECT total(${sumOf(sizes)}) FROM ${sql.identifier(collection.name)} WHERE "id" IN ${ids}) > ${maxBytes})`
}

/** Tells, under a condition, that what happens to records of a collection is not told one by one. */
function resyncEvent(collection: Collection, condition: SQL): SQL {
  return watched(sql`SELECT 1 WHERE ${condition}`, {
    collections: [collection],
    events: (rows) => rows.map(() => ({ action: 'resync', collectionId: collection.id })),
  })
}
