/*
 * The shards that have a subscriber to a collection. A shard stores this before it confirms a
 * subscription, and a write reads it within its own transaction. So every change that commits after
 * a subscription is published, and a change without subscribers costs nothing.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CountedShard } from '#platform/realtime.ts'
import { abortUnless } from './abort.ts'
import { one, type Query } from './query.ts'
import { findNumber } from './read-number.ts'
import { Slot, toTemplate } from './statement.ts'
import type { Value } from './value.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { lazy } from '#kernel/lazy.ts'
import { collectionsTable, realtimeShardsTable, realtimeSubscriptionsTable } from './schema.ts'

/** The lifetime of a shard's subscriptions. The subscriptions of a dead shard are deleted then. */
export const subscriptionSeconds = 60 * 60

/**
 * The statements that store a shard's topics, limited to ids and names of collections, and renew
 * its earlier ones. The last statement returns each stored `topic`.
 */
export function addTopics(shard: number, topics: readonly string[], now: Date): SQL[] {
  const expires = unixSeconds(now) + subscriptionSeconds
  return [
    // A new row continues after the shard's last sequence number.
    sql`INSERT INTO ${realtimeShardsTable} ("id", "sequence", "expires") VALUES (${shard}, ${now.getTime()}, ${expires})
      ON CONFLICT ("id") DO UPDATE SET "expires" = excluded."expires"`,
    sql`INSERT OR IGNORE INTO ${realtimeSubscriptionsTable} ("shard", "topic")
      SELECT ${shard}, value FROM json_each(${JSON.stringify(topics)})
      WHERE value IN (SELECT "id" FROM ${collectionsTable} UNION ALL SELECT "name" FROM ${collectionsTable})`,
    sql`SELECT "topic" FROM ${realtimeSubscriptionsTable} WHERE "shard" = ${shard}`,
  ]
}

/** The statement that deletes all other topics of a shard. */
export function retainTopics(shard: number, topics: readonly string[]): SQL {
  return sql`DELETE FROM ${realtimeSubscriptionsTable} WHERE "shard" = ${shard}
    AND "topic" NOT IN (SELECT value FROM json_each(${JSON.stringify(topics)}))`
}

/** The statement that deletes the topics of expired shards. */
export function removeExpiredTopics(now: Date): SQL {
  return sql`DELETE FROM ${realtimeSubscriptionsTable}
    WHERE "shard" IN (SELECT "id" FROM ${realtimeShardsTable} WHERE "expires" <= ${unixSeconds(now)})`
}

/** The statement that deletes expired shards, after their topics. */
export function removeExpiredShards(now: Date): SQL {
  return sql`DELETE FROM ${realtimeShardsTable} WHERE "expires" <= ${unixSeconds(now)}`
}

/** Selects the shards with subscribers to one of these topics, as `shard`. */
export function shardsSubscribedTo(topics: readonly string[], now: Date): SQL {
  return shardsOf(sql`${JSON.stringify(topics)}`, sql`${unixSeconds(now)}`)
}

function shardsOf(topicsJson: SQL, nowSeconds: SQL): SQL {
  return sql`SELECT DISTINCT "shard" FROM ${realtimeSubscriptionsTable} JOIN ${realtimeShardsTable} ON "id" = "shard"
    WHERE "expires" > ${nowSeconds} AND "topic" IN (SELECT value FROM json_each(${topicsJson}))`
}

/** True if one of these topics has a subscriber. */
export function hasSubscribers(topics: readonly string[], now: Value<Date>): SQL {
  return sql`EXISTS (${shardsOf(sql`${JSON.stringify(topics)}`, now.map(unixSeconds).sql)})`
}

/** Every write has this statement. */
const counting = lazy(() => {
  const topics = new Slot<Counting>((values) => JSON.stringify(values.topics))
  const now = new Slot<Counting>((values) => unixSeconds(values.now))
  const template =
    toTemplate<Counting>(sql`UPDATE ${realtimeShardsTable} SET "sequence" = "sequence" + 1
    WHERE "id" IN (${shardsOf(sql`${topics}`, sql`${now}`)}) RETURNING "id", "sequence"`)
  return (values: Counting) => template.fill(values)
})

interface Counting {
  readonly topics: readonly string[]
  readonly now: Date
}

/** Counts a transaction for the shards that have a subscriber to one of these topics. */
export function countForShards(
  topics: readonly string[],
  now: Date,
): Query<readonly CountedShard[]> {
  return one(counting()({ topics, now }), (rows) =>
    rows.flatMap((row) => {
      const [id, sequence] = [findNumber(row, 'id'), findNumber(row, 'sequence')]
      return id === undefined || sequence === undefined ? [] : [{ id, sequence }]
    }),
  )
}

/**
 * Undoes a batch if there is a shard with subscribers whose access to the deletion was not checked.
 */
export function noUnknownSubscriber(
  topics: readonly string[],
  asked: readonly number[],
  now: Date,
): SQL {
  const others = sql`SELECT 1 FROM (${shardsSubscribedTo(topics, now)})
    WHERE "shard" NOT IN (SELECT value FROM json_each(${JSON.stringify(asked)}))`
  return abortUnless(sql`NOT EXISTS (${others})`, newListener)
}

/** The message of that abort. */
export const newListener = 'arete:new-listener'
