/*
 * Who listens, as far as a write has to know: which shards have a subscriber to which collection.
 * Shards write it down before they confirm a subscription, and a write reads it within its own
 * transaction: so what commits after a subscription is heard, and where nobody listens a change costs
 * nothing.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortUnless } from './abort.ts'
import { unixSeconds } from '#kernel/dates.ts'

/** So long a shard's interests hold without being renewed: one that died is forgotten then. */
export const interestSeconds = 60 * 60

/**
 * The statements that note that a shard listens to those of some topics that are ids or names of
 * collections, and to what it listened to before, for some time from now on. The last gives each
 * `topic` that is noted.
 */
export function noteInterests(shard: number, topics: readonly string[], now: Date): SQL[] {
  const expires = unixSeconds(now) + interestSeconds
  return [
    // A row that is made again goes on behind the numbers that were told of.
    sql`INSERT INTO "_realtime_shards" ("id", "sequence", "expires") VALUES (${shard}, ${now.getTime()}, ${expires})
      ON CONFLICT ("id") DO UPDATE SET "expires" = excluded."expires"`,
    sql`INSERT OR IGNORE INTO "_realtime_interests" ("shard", "topic")
      SELECT ${shard}, value FROM json_each(${JSON.stringify(topics)})
      WHERE value IN (SELECT "id" FROM "_collections" UNION ALL SELECT "name" FROM "_collections")`,
    sql`SELECT "topic" FROM "_realtime_interests" WHERE "shard" = ${shard}`,
  ]
}

/** The statement that forgets all interests of a shard but these. */
export function keepInterests(shard: number, topics: readonly string[]): SQL {
  return sql`DELETE FROM "_realtime_interests" WHERE "shard" = ${shard}
    AND "topic" NOT IN (SELECT value FROM json_each(${JSON.stringify(topics)}))`
}

/** The statement that forgets the interests of shards that have not been heard of for long. */
export function removeExpiredInterests(now: Date): SQL {
  return sql`DELETE FROM "_realtime_interests"
    WHERE "shard" IN (SELECT "id" FROM "_realtime_shards" WHERE "expires" <= ${unixSeconds(now)})`
}

/** The statement that forgets those shards, once their interests are forgotten. */
export function removeExpiredShards(now: Date): SQL {
  return sql`DELETE FROM "_realtime_shards" WHERE "expires" <= ${unixSeconds(now)}`
}

/** The shards that listen to one of these topics, as `shard`. */
export function interestedShards(topics: readonly string[], now: Date): SQL {
  return sql`SELECT DISTINCT "shard" FROM "_realtime_interests" JOIN "_realtime_shards" ON "id" = "shard"
    WHERE "expires" > ${unixSeconds(now)} AND "topic" IN (SELECT value FROM json_each(${JSON.stringify(topics)}))`
}

/** Whether somebody listens to one of these topics. */
export function isHeard(topics: readonly string[], now: Date): SQL {
  return sql`EXISTS (${interestedShards(topics, now)})`
}

/** The statement that counts a transaction for the shards that listen, and gives their `id` and `sequence`. */
export function countPublication(topics: readonly string[], now: Date): SQL {
  return sql`UPDATE "_realtime_shards" SET "sequence" = "sequence" + 1
    WHERE "id" IN (${interestedShards(topics, now)}) RETURNING "id", "sequence"`
}

/** Undoes a batch when a shard listens that was not asked who may hear of what the batch removes. */
export function noOtherListener(
  topics: readonly string[],
  asked: readonly number[],
  now: Date,
): SQL {
  const others = sql`SELECT 1 FROM (${interestedShards(topics, now)})
    WHERE "shard" NOT IN (SELECT value FROM json_each(${JSON.stringify(asked)}))`
  return abortUnless(sql`NOT EXISTS (${others})`, newListener)
}

/** The message of that abort. */
export const newListener = 'arete:new-listener'
