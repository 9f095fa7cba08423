/*
 * The regular care of webhooks: broken ones are paused, failing ones are reported, and old
 * deliveries are removed.
 */
import { sql } from 'drizzle-orm'
import type { Catalog } from '#catalog/catalog.ts'
import type { Transactor } from '#catalog/transact.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { rowsOf, map } from '#database/query.ts'
import { deliveriesTable, webhooksTable } from '#database/schema.ts'
import { eventFilterFault } from '#events/event-filter.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { Database } from '#platform/bindings.ts'
import { giveUpCalls, removeOldCalls, turnOff } from './claims.ts'
import { tellOfFailure, tellOfTurningOff } from './superuser-mails.ts'

/** Deliveries that are kept of one endpoint, without the waiting ones. */
const maxKept = 10_000
/** Rows that one run removes by one statement. */
const chunk = 1000

interface Ports {
  readonly db: Database
  readonly transactor: Transactor
}

/**
 * Pauses webhooks whose collection is gone or whose filter is broken, and mails superusers about
 * those that have been failing for some time. Database: 1 batch; 1 more for a report.
 */
export async function checkWebhooks({ db, transactor }: Ports, now: Date): Promise<void> {
  const seconds = unixSeconds(now)
  const { failing, broken, settings } = await transactor.write(({ catalog }) => {
    const { settings: current } = catalog
    const ids = brokenOnes(catalog)
    const reading = [
      sql`SELECT "id", "name" FROM ${webhooksTable} WHERE "enabled" = 1 AND "isReported" = 0
        AND "failingSince" <= ${seconds - current.arete.webhooks.mailAfter}`,
      sql`SELECT "id", "name" FROM ${webhooksTable} WHERE "enabled" = 1
        AND "id" IN (SELECT "value" FROM json_each(${JSON.stringify(ids)}))`,
    ]
    const turning = ids.flatMap((id) => turnOff(id, 'filter', seconds))
    return {
      ...map(rowsOf([...reading, ...turning]), ([found = [], turned = []]) => ({
        failing: found.map(named),
        broken: turned.map(named),
        settings: current,
      })),
      changesCatalog: ids.length > 0,
    }
  })
  const mails = [
    ...failing.flatMap((webhook) => tellOfFailure(settings, webhook)),
    ...broken.map((webhook) => tellOfTurningOff(settings, webhook, 'filter', sql`1`)),
  ]
  if (mails.length > 0) await runBatch(db, mails)
}

function named({ id, name }: Row): Record<'id' | 'name', string> {
  return { id: String(id), name: String(name) }
}

function brokenOnes({ collections, subscribers }: Catalog): string[] {
  return [...subscribers].flatMap(([collectionId, own]) => {
    const collection = collections.find(collectionId)
    return own.flatMap(({ id, filter }) =>
      collection === undefined || eventFilterFault(collections, collection, filter) !== undefined
        ? [id]
        : [],
    )
  })
}

/**
 * Removes deliveries that were kept long enough, and once an hour the oldest beyond a limit. Gives up
 * the calls of functions that the application has no more, which may be all that it had.
 * Database: 1 batch.
 *
 * @param endpoints of the functions that it has
 */
export async function tidyDeliveries(
  db: Database,
  endpoints: readonly string[],
  now: Date,
): Promise<void> {
  const seconds = unixSeconds(now)
  const expired = sql`SELECT "d"."id" FROM ${webhooksTable} AS "w" CROSS JOIN (VALUES ('done'), ('dead'), ('paused')) AS "s"
    CROSS JOIN ${deliveriesTable} AS "d" ON "d"."endpoint" = "w"."id" AND "d"."state" = "s"."column1" AND "d"."due" <= ${unixSeconds(now)} LIMIT ${chunk}`
  const surplus = sql`SELECT "id" FROM (SELECT "id", row_number() OVER (PARTITION BY "endpoint" ORDER BY "event" DESC, "created" DESC) AS "n"
    FROM ${deliveriesTable} WHERE "state" <> 'waiting') WHERE "n" > ${maxKept} LIMIT ${chunk}`
  await runBatch(db, [
    sql`DELETE FROM ${deliveriesTable} WHERE "id" IN (${expired})`,
    ...giveUpCalls(endpoints, seconds),
    removeOldCalls(seconds),
    // It reads all rows.
    ...(now.getUTCMinutes() === 0
      ? [sql`DELETE FROM ${deliveriesTable} WHERE "id" IN (${surplus})`]
      : []),
  ])
}
