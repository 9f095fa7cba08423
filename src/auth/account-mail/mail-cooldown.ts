/*
 * An account is mailed the same link once in two minutes, however often somebody asks: nobody can
 * flood another's mailbox. The pause is a row, written in the batch that lets the mail leave, so that
 * of many requests at once, to any number of isolates, one sends it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { OutgoingMail } from '#platform/mailer.ts'

const pauseSeconds = 2 * 60

/** What is written instead of a pause where no mail leaves. */
const nobodysKey = 'mail:nobody'

/** Which mails share a pause: those of one kind to one account. */
export function pauseKey(kind: string, collectionId: string, recordId: string): string {
  return `mail:${kind}:${collectionId}:${recordId}`
}

/**
 * The statements that send a mail and begin a pause, unless one is on. They write something in any
 * case, since a write takes longer than none: so the time does not tell whether a mail was sent.
 *
 * @param when asked inside the batch: whether the mail is to leave at all
 */
export function enqueueOncePerPause(
  mail: OutgoingMail,
  key: string,
  when: SQL,
  now: Date,
): readonly SQL[] {
  const moment = unixSeconds(now)
  const isPaused = sql`EXISTS (SELECT 1 FROM "_attempts" WHERE "key" = ${key})`
  return [
    sql`DELETE FROM "_attempts" WHERE "key" = ${key} AND "expires" <= ${moment}`,
    enqueueMail(mail, sql`NOT ${isPaused} AND ${when}`),
    sql`INSERT INTO "_attempts" ("key", "hits", "expires")
      SELECT CASE WHEN ${when} THEN ${key} ELSE ${nobodysKey} END, 1, ${moment + pauseSeconds} WHERE TRUE
      ON CONFLICT ("key") DO UPDATE SET "hits" = "hits" + 1`,
  ]
}

/** The statement that ends a pause: the mail has served its purpose. */
export function endPause(key: string): SQL {
  return sql`DELETE FROM "_attempts" WHERE "key" = ${key}`
}
