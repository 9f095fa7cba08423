/*
 * The regular care of webhooks: broken ones are paused, failing ones are reported, and old
 * deliveries are removed.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Catalog } from '#catalog/catalog.ts'
import type { Transactor } from '#catalog/transact.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { rowsOf, map } from '#database/query.ts'
import { deliveriesTable, webhooksTable } from '#database/schema.ts'
import { eventFilterFault } from '#events/event-filter.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { composeMail } from '#mail/compose.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { Database } from '#platform/bindings.ts'
import type { Settings } from '#settings/settings.ts'
import { turnOff } from './claims.ts'

/** An endpoint that fails for this long is reported. */
const reportAfterSeconds = 24 * 60 * 60
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
 * those that have failed for a day. Database: 1 batch; 1 more for a report.
 */
export async function checkWebhooks({ db, transactor }: Ports, now: Date): Promise<void> {
  const seconds = unixSeconds(now)
  const { failing, superusers, settings } = await transactor.write((context) => {
    const broken = brokenOnes(context.catalog).flatMap((id) => turnOff(id, 'filter', seconds))
    const reading = [
      sql`SELECT "id", "name", "failingSince" FROM ${webhooksTable}
        WHERE "isReported" = 0 AND "failingSince" <= ${seconds - reportAfterSeconds}`,
      sql`SELECT "email" FROM "_superusers" WHERE EXISTS
        (SELECT 1 FROM ${webhooksTable} WHERE "isReported" = 0 AND "failingSince" <= ${seconds - reportAfterSeconds})`,
    ]
    return {
      ...map(rowsOf([...reading, ...broken]), ([found = [], addresses = []]) => ({
        failing: found,
        superusers: addresses.map(({ email }) => String(email)),
        settings: context.catalog.settings,
      })),
      changesCatalog: broken.length > 0,
    }
  })
  if (failing.length > 0) await runBatch(db, reports(failing, superusers, settings))
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

/** Another run may have reported one meanwhile; only the first one mails. */
function reports(failing: readonly Row[], addresses: readonly string[], settings: Settings): SQL[] {
  return failing.flatMap((row) => {
    const id = String(row['id'])
    const isNew = sql`EXISTS (SELECT 1 FROM ${webhooksTable} WHERE "id" = ${id} AND "isReported" = 0)`
    const mails = addresses.map((address) =>
      composeMail(
        settings,
        reportTemplate,
        { alertInfo: String(row['name']) },
        { name: '', address },
      ),
    )
    return [
      ...mails.map((mail) => enqueueMail(mail, isNew)),
      sql`UPDATE ${webhooksTable} SET "isReported" = 1 WHERE "id" = ${id}`,
    ]
  })
}

const reportTemplate = {
  subject: 'A webhook of {APP_NAME} fails',
  body: `<p>Hello,</p>
<p>The webhook “{ALERT_INFO}” has failed for a day. It is tried again for some days, then it is turned off.</p>
<p>The log of its deliveries says why. What was not delivered can be sent again from there.</p>`,
}

/**
 * Removes deliveries that were kept long enough, and once an hour the oldest beyond a limit.
 * Database: 1 batch.
 */
export async function removeOldDeliveries(db: Database, now: Date): Promise<void> {
  const expired = sql`SELECT "d"."id" FROM ${webhooksTable} AS "w" CROSS JOIN (VALUES ('done'), ('dead'), ('paused')) AS "s"
    CROSS JOIN ${deliveriesTable} AS "d" ON "d"."endpoint" = "w"."id" AND "d"."state" = "s"."column1" AND "d"."due" <= ${unixSeconds(now)} LIMIT ${chunk}`
  const surplus = sql`SELECT "id" FROM (SELECT "id", row_number() OVER (PARTITION BY "endpoint" ORDER BY "event" DESC, "created" DESC) AS "n"
    FROM ${deliveriesTable} WHERE "state" <> 'waiting') WHERE "n" > ${maxKept} LIMIT ${chunk}`
  await runBatch(db, [
    sql`DELETE FROM ${deliveriesTable} WHERE "id" IN (${expired})`,
    // It reads all rows.
    ...(now.getUTCMinutes() === 0
      ? [sql`DELETE FROM ${deliveriesTable} WHERE "id" IN (${surplus})`]
      : []),
  ])
}
