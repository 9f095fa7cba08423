/*
 * The inbox of local development: mails are stored in a table instead of sent, so that every flow
 * works without a mail account.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Row, runBatch } from '#database/batch.ts'
import { findNumber } from '#database/read-number.ts'
import { inboxTable } from '#database/schema.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { Database } from '#platform/bindings.ts'
import type { Mailer, OutgoingMail } from '#platform/mailer.ts'
import { decodeMail, encodeMail } from './mail-json.ts'

/** The number of mails kept; the oldest is dropped first. */
const capacity = 100

/** A mail in the inbox. */
export interface ReceivedMail {
  readonly number: number
  readonly receivedAt: Date
  readonly mail: OutgoingMail
}

/** Creates a mailer that stores mails in the inbox. Database: 1 write per mail. */
export function createInboxMailer(db: Database): Mailer {
  return {
    async send(mail) {
      const received = unixSeconds(new Date())
      await runBatch(db, [
        sql`INSERT INTO ${inboxTable} ("mail", "received") VALUES (${encodeMail(mail)}, ${received})`,
        sql`DELETE FROM ${inboxTable} WHERE "number" <= (SELECT max("number") FROM ${inboxTable}) - ${capacity}`,
      ])
    },
  }
}

/** Lists the inbox, newest first. Database: 1 read. */
export async function listInbox(db: Database): Promise<ReceivedMail[]> {
  return await readInbox(db, sql`SELECT * FROM ${inboxTable} ORDER BY "number" DESC`)
}

/** Finds one mail in the inbox. Database: 1 read. */
export async function findInInbox(db: Database, number: number): Promise<ReceivedMail | undefined> {
  const [found] = await readInbox(db, sql`SELECT * FROM ${inboxTable} WHERE "number" = ${number}`)
  return found
}

async function readInbox(db: Database, select: SQL): Promise<ReceivedMail[]> {
  const [rows = []] = await runBatch(db, [select])
  return rows.map(receivedMail)
}

function receivedMail(row: Row): ReceivedMail {
  return {
    number: findNumber(row, 'number') ?? 0,
    receivedAt: new Date((findNumber(row, 'received') ?? 0) * 1000),
    mail: decodeMail(String(row['mail'])),
  }
}
