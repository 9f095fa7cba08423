/*
 * The outbox: a mail is a row, written in the batch of what caused it, so that neither happens
 * without the other. Whoever delivers claims due rows first, by moving their next attempt into the
 * future: should it vanish between sending and removing the row, the mail is tried once more, under
 * the same Message-ID. That is the only way to a duplicate.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { OutgoingMail } from '#platform/mailer.ts'

/** A mail that cannot be handed over for three days is given up. */
const patienceSeconds = 3 * 24 * 60 * 60

/**
 * The statement that puts a mail into the outbox. It rides in the batch of what caused the mail.
 *
 * @param when asked inside the batch; without it the mail always leaves
 */
export function enqueueMail(mail: OutgoingMail, when: SQL = sql`1`): SQL {
  const { notAfter, ...content } = mail
  const due = unixSeconds(new Date())
  const useless = notAfter === undefined ? Infinity : unixSeconds(notAfter)
  const expires = Math.min(due + patienceSeconds, useless)
  return sql`INSERT INTO "_outbox" ("id", "mail", "due", "expires")
    SELECT ${mail.id}, ${JSON.stringify(content)}, ${due}, ${expires} WHERE ${when}`
}

function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
