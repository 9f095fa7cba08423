/*
 * The events of a batch: queries that read the changed records for its followers. The transactor
 * passes them on once the batch has committed.
 */
import { type SQL, sql } from 'drizzle-orm'
import { constant, map, type Query, rowsOf } from '#database/query.ts'
import type { RecordEvent, RecordSnapshot } from '#platform/realtime.ts'
import type { Collection } from './collection.ts'
import type { PlanContext } from './plan-context.ts'

/** Turns a query's result into events for records of these collections. */
export function eventQuery(
  collections: readonly Collection[],
  query: Query<readonly RecordEvent[]>,
): Query<unknown> {
  const topics = collections.flatMap(topicsOf)
  const { statements } = query
  return {
    statements,
    read: () => undefined,
    changes: { topics, events: (rows) => query.read(rows) },
  }
}

/** The names of a collection in subscriptions. */
export function topicsOf({ id, name }: Pick<Collection, 'id' | 'name'>): string[] {
  return id === name ? [id] : [id, name]
}

/** The public columns of a record, without password hash and token key. */
export function publicColumns(collection: Collection): SQL {
  const names = publicFields(collection).map(({ name }) => sql`${sql.identifier(name)}`)
  return sql.join(names, sql`, `)
}

/** The fields of these columns. */
export function publicFields({ fields, auth }: Collection): Collection['fields'] {
  return fields.filter(({ name, isHashed }) => !isHashed && !(auth && name === 'tokenKey'))
}

/** Reads a record after it was created or updated, if a follower wants it. */
export function changeEvent(
  action: RecordSnapshot['action'],
  collection: Collection,
  id: string,
  { catalog, followers, now }: Pick<PlanContext, 'catalog' | 'followers' | 'now'>,
): Query<unknown> {
  if (followers.length === 0) return constant(undefined)
  const { plans } = catalog.collections
  const statements = plans.statements(
    ['change event', collection.id, followers.length],
    { id, now, followers },
    (input) => {
      const moment = input.open((values) => values.now)
      const wanted = followers.flatMap((_, at) => {
        const wants = input.ask((values) => values.followers[at]?.wants)
        return wants === undefined ? [] : [wants(topicsOf(collection), moment)]
      })
      return [
        sql`SELECT ${publicColumns(collection)} FROM ${sql.identifier(collection.name)}
          WHERE "id" = ${input.open((values) => values.id).sql} AND (${sql.join(wanted, sql` OR `)})`,
      ]
    },
  )
  const read = map(rowsOf(statements), ([rows = []]) =>
    rows.map((row): RecordEvent => ({ action, collectionId: collection.id, row })),
  )
  return eventQuery([collection], read)
}
