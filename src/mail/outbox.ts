/*
 * The outbox. A mail is a row, written in the batch of the change that caused it, so that neither
 * happens without the other. A delivery first claims due rows by moving their next attempt into the
 * future. If it dies between sending a mail and removing its row, the mail is sent again with the
 * same Message-ID. That is the only way to a duplicate.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { findNumber } from '#database/read-number.ts'
import { outboxTable } from '#database/schema.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { decodeMail, encodeMail } from './mail-json.ts'

/** A mail that could not be delivered for three days is dropped. */
const patienceSeconds = 3 * 24 * 60 * 60

/** The lifetime of a claim: longer than a Worker may run after its response. */
const claimSeconds = 60

/** Retries follow after 1, 2, 4, ... minutes, and at least once an hour. */
const firstDelaySeconds = 60
const longestDelaySeconds = 60 * 60

/** A mail that is claimed for delivery. */
export interface ClaimedMail {
  readonly id: string
  /** Includes this attempt. Distinguishes this claim from a later one. */
  readonly attempts: number
  /** Decodes the mail. Throws for a row that no version of this code wrote. */
  mail(): OutgoingMail
}

/**
 * The statement that puts a mail into the outbox. It runs in the batch of the change that caused
 * it.
 *
 * @param when a condition inside the batch; without it the mail is always sent
 */
export function enqueueMail(mail: OutgoingMail, when: SQL = sql`1`): SQL {
  const due = unixSeconds(new Date())
  const uselessFrom = mail.notAfter === undefined ? Infinity : unixSeconds(mail.notAfter)
  const expires = Math.min(due + patienceSeconds, uselessFrom)
  return sql`INSERT INTO ${outboxTable} ("id", "mail", "due", "expires")
    SELECT ${mail.id}, ${encodeMail(mail)}, ${due}, ${expires} WHERE ${when}`
}

/**
 * The statement that puts a mail into the outbox, addressed to an account that only the database
 * knows. Without an address it is not sent.
 *
 * @param address an expression; NULL or empty for none
 */
export function enqueueMailTo(mail: OutgoingMail, address: SQL, when: SQL): SQL {
  const due = unixSeconds(new Date())
  return sql`INSERT INTO ${outboxTable} ("id", "mail", "due", "expires")
    SELECT ${mail.id}, json_set(${encodeMail(mail)}, '$.to[0].address', "address"), ${due},
      ${due + patienceSeconds}
    FROM (SELECT ${address} AS "address") WHERE "address" != '' AND ${when}`
}

/**
 * The statement that puts a mail to each superuser into the outbox.
 *
 * @param when a condition inside the batch
 */
export function enqueueMailToSuperusers(mail: OutgoingMail, when: SQL): SQL {
  const due = unixSeconds(new Date())
  return sql`INSERT INTO ${outboxTable} ("id", "mail", "due", "expires")
    SELECT "own", json_set(${encodeMail(mail)}, '$.id', "own", '$.to[0].address', "email"), ${due}, ${due + patienceSeconds}
    FROM (SELECT ${mail.id} || "id" AS "own", "email" FROM "_superusers" WHERE "email" <> '') WHERE ${when}`
}

/**
 * The statement that claims at most `limit` due mails; read its rows with `claimedMails`.
 * Concurrent claims never return the same mail.
 */
export function claimDue(now: Date, limit: number): SQL {
  const moment = unixSeconds(now)
  return sql`UPDATE ${outboxTable} SET "attempts" = "attempts" + 1, "due" = ${moment + claimSeconds}
    WHERE "id" IN (SELECT "id" FROM ${outboxTable} WHERE "due" <= ${moment} ORDER BY "due" LIMIT ${limit})
    RETURNING "id", "mail", "attempts"`
}

/** Reads the mails that a claim returned. */
export function claimedMails(rows: readonly Row[]): ClaimedMail[] {
  return rows.map((row) => ({
    id: String(row['id']),
    attempts: findNumber(row, 'attempts') ?? 1,
    mail: () => decodeMail(String(row['mail'])),
  }))
}

/** Drops due mails that could not be delivered in time, and returns their ids. */
export function removeExpired(now: Date): SQL {
  const moment = unixSeconds(now)
  return sql`DELETE FROM ${outboxTable} WHERE "due" <= ${moment} AND "expires" <= ${moment} RETURNING "id"`
}

/** The statement that removes a mail after it was sent or dropped. */
export function removeMail({ id }: ClaimedMail): SQL {
  return sql`DELETE FROM ${outboxTable} WHERE "id" = ${id}`
}

/** The statement that postpones a mail, unless its claim has expired. */
export function postponeMail({ id, attempts }: ClaimedMail, now: Date): SQL {
  const due = unixSeconds(now) + delaySeconds(attempts)
  return sql`UPDATE ${outboxTable} SET "due" = ${due} WHERE "id" = ${id} AND "attempts" = ${attempts}`
}

/** The statement that counts the due mails, as `waiting`. */
export function countDue(now: Date): SQL {
  return sql`SELECT count(*) AS "waiting" FROM ${outboxTable} WHERE "due" <= ${unixSeconds(now)}`
}

function delaySeconds(attempts: number): number {
  return Math.min(firstDelaySeconds * 2 ** (attempts - 1), longestDelaySeconds)
}
