/*
 * What a batch tells of the records it changes. A statement may be one that looks at a record for
 * whoever listens; the transactor finds such statements in any plan, whatever else is in it, and
 * passes on what they gave once the batch has committed.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { hasSubscribers } from '#database/realtime-subscriptions.ts'
import type { RecordEvent, RecordSnapshot } from '#platform/realtime.ts'
import type { Collection } from './collection.ts'

/** What the rows of a statement mean to listeners. */
export interface StatementEvents {
  /** The collections whose records may have changed. */
  readonly collections: readonly Collection[]
  /** `rowsOf` gives the rows of other statements of the plan. */
  events(rows: readonly Row[], rowsOf: (statement: SQL) => readonly Row[]): readonly RecordEvent[]
}

const watches = new WeakMap<SQL, StatementEvents>()

/** Makes a statement one that listeners hear of. */
export function watched(statement: SQL, watch: StatementEvents): SQL {
  watches.set(statement, watch)
  return statement
}

/** What a statement means to listeners; undefined for most. */
export function eventsOf(statement: SQL): StatementEvents | undefined {
  return watches.get(statement)
}

/** What subscriptions may call a collection. */
export function topicsOf({ id, name }: Pick<Collection, 'id' | 'name'>): string[] {
  return id === name ? [id] : [id, name]
}

/** The columns of a record that others may come to see: no hash, and no key of tokens. */
export function publicColumns(collection: Collection): SQL {
  const names = publicFields(collection).map(({ name }) => sql`${sql.identifier(name)}`)
  return sql.join(names, sql`, `)
}

/** Their fields. */
export function publicFields({ fields, auth }: Collection): Collection['fields'] {
  return fields.filter(({ name, isHashed }) => !isHashed && !(auth && name === 'tokenKey'))
}

/** The statement that tells of a record after it was made or changed. It reads nothing unless somebody listens. */
export function changeEvent(
  action: RecordSnapshot['action'],
  collection: Collection,
  id: string,
  now: Date,
): SQL {
  const heard = hasSubscribers(topicsOf(collection), now)
  const statement = sql`SELECT ${publicColumns(collection)} FROM ${sql.identifier(collection.name)} WHERE "id" = ${id} AND ${heard}`
  return rowEvents(action, collection, statement)
}

/** Makes a statement that gives records' columns one that tells of them. */
function rowEvents(action: RecordSnapshot['action'], collection: Collection, statement: SQL): SQL {
  return watched(statement, {
    collections: [collection],
    events: (rows) => rows.map((row) => ({ action, collectionId: collection.id, row })),
  })
}
