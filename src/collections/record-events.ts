/*
 * What a batch tells of the records it changes. A statement may be one that looks at a record for
 * whoever listens; the transactor finds such statements in any plan, whatever else is in it, and
 * passes on what they gave once the batch has committed.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { isHeard } from '#database/realtime-interests.ts'
import type { RecordEvent, RecordSnapshot } from '#platform/realtime.ts'
import type { Collection } from './collection.ts'

/** What the rows of a statement mean to listeners. */
export interface Watch {
  /** The collections whose records may have changed. */
  readonly collections: readonly Collection[]
  /** `rowsOf` gives the rows of other statements of the plan. */
  events(rows: readonly Row[], rowsOf: (statement: SQL) => readonly Row[]): readonly RecordEvent[]
}

const watches = new WeakMap<SQL, Watch>()

/** Makes a statement one that listeners hear of. */
export function watched(statement: SQL, watch: Watch): SQL {
  watches.set(statement, watch)
  return statement
}

/** What a statement means to listeners; undefined for most. */
export function watchOf(statement: SQL): Watch | undefined {
  return watches.get(statement)
}

/** What subscriptions may call a collection. */
export function topicsOf({ id, name }: Pick<Collection, 'id' | 'name'>): string[] {
  return id === name ? [id] : [id, name]
}

/** The columns of a record that others may come to see: no hash, and no key of tokens. */
export function tellableColumns(collection: Collection): SQL {
  const names = tellableFields(collection).map(({ name }) => sql`${sql.identifier(name)}`)
  return sql.join(names, sql`, `)
}

/** Their fields. */
export function tellableFields({ fields, auth }: Collection): Collection['fields'] {
  return fields.filter(({ name, isHashed }) => !isHashed && !(auth && name === 'tokenKey'))
}

/** The statement that tells of a record after it was made or changed. It reads nothing unless somebody listens. */
export function tellOf(
  action: RecordSnapshot['action'],
  collection: Collection,
  id: string,
  now: Date,
): SQL {
  const heard = isHeard(topicsOf(collection), now)
  const statement = sql`SELECT ${tellableColumns(collection)} FROM ${sql.identifier(collection.name)} WHERE "id" = ${id} AND ${heard}`
  return tellRows(action, collection, statement)
}

/** Makes a statement that gives records' columns one that tells of them. */
function tellRows(action: RecordSnapshot['action'], collection: Collection, statement: SQL): SQL {
  return watched(statement, {
    collections: [collection],
    events: (rows) => rows.map((row) => ({ action, collectionId: collection.id, row })),
  })
}
