/*
 * The events of a write, as statements of its own batch: they are stored if the write is, and only
 * then. Each change becomes a row of `_events`, and each subscriber that wants it gets a row of
 * `_deliveries`. Without a subscriber there are no statements.
 *
 * The events of one write have a random mark, by which the following statements find them.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext, PlannedDeletion } from '#catalog/plan-context.ts'
import { publicColumns, publicFields } from '#catalog/record-events.ts'
import { type ChangeType, isFunctionEndpoint, type Subscriber } from '#catalog/subscribers.ts'
import type { Row } from '#database/batch.ts'
import { concatenation, sumOf } from '#database/long-expressions.ts'
import { list, one, type Query, rowsOf } from '#database/query.ts'
import { deliveriesTable, eventsTable } from '#database/schema.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { eventAlias, eventCondition } from './event-filter.ts'

type Context = Pick<PlanContext, 'catalog' | 'caller' | 'now' | 'wakeDeliveries' | 'hooks'>

/** The statements around a change. */
export interface RecordedChange {
  readonly before: Query<unknown>
  readonly after: Query<unknown>
}

/** A larger record is left out of its event: only its id is stored. */
const maxBytes = 100_000

const nothing: Query<unknown> = rowsOf([])

/** Records the creation of a record, after it. */
export function recordCreation(
  context: Context,
  collection: Collection,
  id: string,
): Query<unknown> {
  const where = sql`"id" = ${id}`
  const followed = followRows(context, collection, 'created', where)
  const wanted = wantedChanges(context, collection, 'created')
  if (wanted === undefined) return followed
  return list([
    followed,
    rowsOf([insertEvents(wanted, where, 'record')]),
    deliver(wanted),
    rowsOf(dropUnwanted(wanted)),
  ])
}

/** Records the update of a record. */
export function recordUpdate(
  context: Context,
  collection: Collection,
  id: string,
): RecordedChange | undefined {
  const where = sql`"id" = ${id}`
  const wanted = wantedChanges(context, collection, 'updated')
  const recorded = wanted && recordUpdates(wanted, where)
  if (context.hooks?.follows(collection, 'updated') !== true) return recorded
  const followed = followUpdate(context, collection, id)
  if (recorded === undefined) return followed
  return {
    before: list([followed.before, recorded.before]),
    after: list([recorded.after, followed.after]),
  }
}

/** Records a deletion with its cascade, and the records that lose references by it. */
export function recordDeletion(
  context: Context,
  { leaving, losing }: PlannedDeletion,
): RecordedChange {
  const deleted = leaving.map(({ collection, ids }) => {
    const where = sql`"id" IN ${ids}`
    const followed = followRows(context, collection, 'deleted', where)
    const wanted = wantedChanges(context, collection, 'deleted')
    if (wanted === undefined) return followed
    return list([
      followed,
      rowsOf([insertEvents(wanted, where, 'record')]),
      deliver(wanted),
      rowsOf(dropUnwanted(wanted)),
    ])
  })
  const followed = losing.map(({ collection, where }) =>
    followRows(context, collection, 'updated', where),
  )
  const changed = losing.flatMap(({ collection, where }) => {
    const wanted = wantedChanges(context, collection, 'updated')
    return wanted === undefined ? [] : [recordUpdates(wanted, where)]
  })
  return {
    before: list([...followed, ...changed.map(({ before }) => before), ...deleted]),
    after: list(changed.map(({ after }) => after)),
  }
}

/**
 * Reads rows that are created or deleted, or that lose references: what these become is not known
 * here.
 */
function followRows(
  { hooks, caller }: Context,
  collection: Collection,
  type: ChangeType,
  where: SQL,
): Query<unknown> {
  if (hooks?.follows(collection, type) !== true) return nothing
  return one(selectRows(collection, where), (rows) => {
    for (const row of rows) {
      const [record, previous] = type === 'updated' ? [undefined, row] : [row, undefined]
      hooks.changed({ type, collection, caller, id: String(row['id']), record, previous })
    }
  })
}

/** Reads a row before and after its update. */
function followUpdate(
  { hooks, caller }: Context,
  collection: Collection,
  id: string,
): RecordedChange {
  const select = selectRows(collection, sql`"id" = ${id}`)
  let previous: Row | undefined
  return {
    before: one(select, ([row]) => {
      previous = row
    }),
    after: one(select, ([record]) => {
      hooks?.changed({ type: 'updated', collection, caller, id, record, previous })
    }),
  }
}

function selectRows(collection: Collection, where: SQL): SQL {
  return sql`SELECT ${publicColumns(collection)} FROM ${sql.identifier(collection.name)} WHERE ${where}`
}

/** Changes of one kind in a collection, and the subscribers to them. */
interface WantedChanges {
  readonly context: Context
  readonly collection: Collection
  readonly type: ChangeType
  /** The mark of their events. */
  readonly write: string
  readonly subscribers: readonly Condition[]
}

interface Condition {
  readonly subscriber: Subscriber
  readonly holds: SQL
}

/** A subscriber whose filter is broken gets nothing, and does not stop the write. */
function wantedChanges(
  context: Context,
  collection: Collection,
  type: ChangeType,
): WantedChanges | undefined {
  const { catalog, now, hooks } = context
  const stored = catalog.subscribers.get(collection.id)
  if (stored === undefined && hooks === undefined) return undefined
  const candidates = [...(stored ?? []), ...(hooks?.subscribers(collection) ?? [])]
  const subscribers = candidates.flatMap((subscriber): Condition[] => {
    if (!subscriber.events.includes(type)) return []
    const filtering = { collections: catalog.collections, now }
    const holds = eventCondition(filtering, collection, subscriber.filter)
    return holds instanceof FilterError ? [] : [{ subscriber, holds }]
  })
  if (subscribers.length === 0) return undefined
  const write = hooks === undefined || hooks.depth === 0 ? newId() : `${newId()}:${hooks.depth}`
  return { context, collection, type, write, subscribers }
}

function recordUpdates(wanted: WantedChanges, where: SQL): RecordedChange {
  return {
    before: rowsOf([insertEvents(wanted, where, 'previous')]),
    after: list([rowsOf([completeEvents(wanted)]), deliver(wanted), rowsOf(dropUnwanted(wanted))]),
  }
}

function insertEvents(
  { context, collection, type, write }: WantedChanges,
  where: SQL,
  column: 'record' | 'previous',
): SQL {
  const { caller, now } = context
  const actor = caller && JSON.stringify({ collection: caller.collectionName, id: caller.recordId })
  const columns = JSON.stringify(publicFields(collection).map(({ definition }) => definition.id))
  return sql`INSERT INTO ${eventsTable} ("write", "type", "collectionRef", "recordRef", "columns", "actor", "at", ${sql.identifier(column)})
    SELECT ${write}, ${type}, ${collection.id}, "id", ${columns}, ${actor ?? null}, ${now.getTime()}, ${rowAsJson(collection)}
    FROM ${sql.identifier(collection.name)} WHERE ${where}`
}

/** Adds the columns after an update. */
function completeEvents({ collection, write }: WantedChanges): SQL {
  return sql`UPDATE ${eventsTable} SET "record" = (SELECT ${rowAsJson(collection)}
    FROM ${sql.identifier(collection.name)} WHERE "id" = ${eventsTable}."recordRef") WHERE "write" = ${write}`
}

/** Adds a delivery for each subscriber and event that passes its filter. */
function deliver({ context, write, subscribers }: WantedChanges): Query<unknown> {
  const { now, wakeDeliveries, hooks } = context
  const seconds = unixSeconds(now)
  return list(
    subscribers.map(({ subscriber, holds }) =>
      one(
        sql`INSERT INTO ${deliveriesTable} ("id", "event", "endpoint", "recordRef", "ordered", "due", "created")
          SELECT 'msg_' || lower(hex(randomblob(16))), "seq", ${subscriber.id}, "recordRef", ${subscriber.isOrdered ? 1 : 0}, ${seconds}, ${seconds}
          FROM ${eventsTable} AS ${sql.identifier(eventAlias)} WHERE "write" = ${write} AND ${holds}
          RETURNING 1`,
        (rows) => {
          if (rows.length === 0) return
          if (isFunctionEndpoint(subscriber.id)) hooks?.wake()
          else wakeDeliveries?.()
        },
      ),
    ),
  )
}

/** Without a filter there is a delivery of every event. */
function dropUnwanted({ write, subscribers }: WantedChanges): SQL[] {
  if (subscribers.some(({ subscriber }) => subscriber.filter.trim() === '')) return []
  return [
    sql`DELETE FROM ${eventsTable} WHERE "write" = ${write}
      AND NOT EXISTS (SELECT 1 FROM ${deliveriesTable} WHERE "event" = "seq")`,
  ]
}

/**
 * The public columns of a row as a JSON array; NULL if they are too large. `json_object` takes too
 * few members.
 */
function rowAsJson(collection: Collection): SQL {
  const columns = publicFields(collection).map(
    ({ name }) => sql`${sql.identifier(collection.name)}.${sql.identifier(name)}`,
  )
  const bytes = sumOf(columns.map((column) => sql`ifnull(octet_length(${column}), 0)`))
  // Only superusers can store a BLOB, and JSON has none.
  const members = columns.map((column, index) => {
    const comma = index === 0 ? sql`'['` : sql`','`
    return sql`(${comma} || CASE typeof(${column}) WHEN 'blob' THEN 'null' ELSE json_quote(${column}) END)`
  })
  return sql`CASE WHEN ${bytes} <= ${maxBytes} THEN ${concatenation([...members, sql`']'`])} END`
}
