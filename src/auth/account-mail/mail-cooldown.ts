/*
 * An account is mailed the same link at most once in two minutes, so that a mailbox cannot be
 * flooded. The cooldown is a row, written in the batch that queues the mail, so that of many
 * concurrent requests to any isolates only one sends it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { attemptsTable } from '#database/schema.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { OutgoingMail } from '#platform/mailer.ts'

const pauseSeconds = 2 * 60

/** The key of the row that is written if no mail is sent. */
const decoyKey = 'mail:decoy'

/** The key of the cooldown for mails of one kind to one account. */
export function pauseKey(kind: string, collectionId: string, recordId: string): string {
  return `mail:${kind}:${collectionId}:${recordId}`
}

/**
 * The statements that queue a mail and start a cooldown, unless one is running. They always write a
 * row, so that the duration does not reveal if a mail was sent.
 *
 * @param when a condition inside the batch: true if the mail may be sent at all
 */
export function enqueueOncePerPause(
  mail: OutgoingMail,
  key: string,
  when: SQL,
  now: Date,
): readonly SQL[] {
  const moment = unixSeconds(now)
  const isPaused = sql`EXISTS (SELECT 1 FROM ${attemptsTable} WHERE "key" = ${key})`
  return [
    sql`DELETE FROM ${attemptsTable} WHERE "key" = ${key} AND "expires" <= ${moment}`,
    enqueueMail(mail, sql`NOT ${isPaused} AND ${when}`),
    sql`INSERT INTO ${attemptsTable} ("key", "hits", "expires")
      SELECT CASE WHEN ${when} THEN ${key} ELSE ${decoyKey} END, 1, ${moment + pauseSeconds} WHERE TRUE
      ON CONFLICT ("key") DO UPDATE SET "hits" = "hits" + 1`,
  ]
}

/** The statement that ends a cooldown, because the mail has served its purpose. */
export function endPause(key: string): SQL {
  return sql`DELETE FROM ${attemptsTable} WHERE "key" = ${key}`
}
