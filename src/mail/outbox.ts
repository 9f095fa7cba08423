/*
 * The outbox: a mail is a row, written in the batch of what caused it, so that neither happens
 * without the other. A delivery claims due rows first, by moving their next attempt into the future.
 * If it dies between sending a mail and removing its row, the mail is sent once more, under the same
 * Message-ID. That is the only way to a duplicate.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { findNumber } from '#database/read-number.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { decodeMail, encodeMail } from './mail-json.ts'

/** A mail that could not be delivered for three days is dropped. */
const patienceSeconds = 3 * 24 * 60 * 60

/** The lifetime of a claim: longer than a Worker may run after its response. */
const claimSeconds = 60

/** Tried again after 1, 2, 4, ... minutes, and at least once an hour. */
const firstDelaySeconds = 60
const longestDelaySeconds = 60 * 60

/** A mail that is claimed for delivery. */
export interface ClaimedMail {
  readonly id: string
  /** This attempt included. Tells this claim from a later one. */
  readonly attempts: number
  /** Reads the mail; throws for a row that no version of this code wrote. */
  mail(): OutgoingMail
}

/**
 * The statement that puts a mail into the outbox. It rides in the batch of what caused the mail.
 *
 * @param when asked inside the batch; without it the mail always leaves
 */
export function enqueueMail(mail: OutgoingMail, when: SQL = sql`1`): SQL {
  const due = unixSeconds(new Date())
  const uselessFrom = mail.notAfter === undefined ? Infinity : unixSeconds(mail.notAfter)
  const expires = Math.min(due + patienceSeconds, uselessFrom)
  return sql`INSERT INTO "_outbox" ("id", "mail", "due", "expires")
    SELECT ${mail.id}, ${encodeMail(mail)}, ${due}, ${expires} WHERE ${when}`
}

/**
 * The statement that claims due mails, at most `limit`; read its rows with `claimedMails`. Of two
 * who claim at once, each gets other mails.
 */
export function claimDue(now: Date, limit: number): SQL {
  const moment = unixSeconds(now)
  return sql`UPDATE "_outbox" SET "attempts" = "attempts" + 1, "due" = ${moment + claimSeconds}
    WHERE "id" IN (SELECT "id" FROM "_outbox" WHERE "due" <= ${moment} ORDER BY "due" LIMIT ${limit})
    RETURNING "id", "mail", "attempts"`
}

/** The mails that a claim returned. */
export function claimedMails(rows: readonly Row[]): ClaimedMail[] {
  return rows.map((row) => ({
    id: String(row['id']),
    attempts: findNumber(row, 'attempts') ?? 1,
    mail: () => decodeMail(String(row['mail'])),
  }))
}

/** Drops due mails that could not be delivered in time, and returns the `id` of each. */
export function removeExpired(now: Date): SQL {
  const moment = unixSeconds(now)
  return sql`DELETE FROM "_outbox" WHERE "due" <= ${moment} AND "expires" <= ${moment} RETURNING "id"`
}

/** The statement that removes a mail that has left, or never will. */
export function removeMail({ id }: ClaimedMail): SQL {
  return sql`DELETE FROM "_outbox" WHERE "id" = ${id}`
}

/** The statement that puts a mail back for a later attempt, unless its claim was over already. */
export function postponeMail({ id, attempts }: ClaimedMail, now: Date): SQL {
  const due = unixSeconds(now) + delaySeconds(attempts)
  return sql`UPDATE "_outbox" SET "due" = ${due} WHERE "id" = ${id} AND "attempts" = ${attempts}`
}

/** The statement that counts the mails that are due, as `waiting`. */
export function countDue(now: Date): SQL {
  return sql`SELECT count(*) AS "waiting" FROM "_outbox" WHERE "due" <= ${unixSeconds(now)}`
}

function delaySeconds(attempts: number): number {
  return Math.min(firstDelaySeconds * 2 ** (attempts - 1), longestDelaySeconds)
}
