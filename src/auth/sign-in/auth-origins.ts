/*
 * Auth origins: fingerprints of the clients and addresses an account has signed in from. A sign-in
 * from a new one is reported by mail, except the very first.
 */
import { hexDigest } from '#kernel/bytes.ts'
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { composeMail } from '#mail/compose.ts'
import { enqueueMail } from '#mail/outbox.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { shortUserAgent } from './device.ts'
import { isAlerting, outcomeIs } from './sign-in-outcome.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { Recipient } from '#auth/account-mail/recipient.ts'

/** The origin and the account of a sign-in. */
export interface SignInOrigin {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly ip: string
  readonly userAgent: string
  /** The account with the data for its mails; undefined if no mail can be sent. */
  readonly addressee: Recipient | undefined
}

/** The part of the sign-in batch for origins. */
export interface OriginStep {
  /** True if an alert must be sent; evaluated before the statements run. */
  readonly isAlerting: SQL
  readonly statements: readonly SQL[]
}

/** Maximum origins per account. A new one replaces the oldest. */
const maxOrigins = 5

/** Plans storing the origin of a sign-in, and the mail about a new one. */
export async function planOrigin(context: PlanContext, arrival: SignInOrigin): Promise<OriginStep> {
  const { collection, recordId, addressee } = arrival
  if (!collection.auth.authAlert.enabled) return { isAlerting: sql`FALSE`, statements: [] }

  const client = { ...arrival, userAgent: shortUserAgent(arrival.userAgent) }
  const fingerprint = await hexDigest('MD5', client.ip + client.userAgent)
  const owned = sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
  const isOwned = sql`EXISTS (SELECT 1 FROM "_authOrigins" WHERE ${owned})`
  const isKnown = sql`EXISTS (SELECT 1 FROM "_authOrigins" WHERE ${owned} AND "fingerprint" = ${fingerprint})`
  const isMailable = addressee !== undefined && addressee.email !== ''
  const moment = formatDate(context.now)
  return {
    isAlerting: isMailable ? sql`(${isOwned} AND NOT ${isKnown})` : sql`FALSE`,
    statements: [
      ...(isMailable ? [enqueueMail(alertMail(context, client, addressee), isAlerting)] : []),
      sql`DELETE FROM "_authOrigins" WHERE ${owned} AND ${outcomeIs('complete')} AND NOT ${isKnown}
        AND "id" NOT IN (SELECT "id" FROM "_authOrigins" WHERE ${owned}
          ORDER BY "created" DESC, "_rowid_" DESC LIMIT ${maxOrigins - 1})`,
      sql`INSERT INTO "_authOrigins" ("id", "collectionRef", "recordRef", "fingerprint", "created", "updated")
        SELECT ${newId()}, ${collection.id}, ${recordId}, ${fingerprint}, ${moment}, ${moment}
        WHERE ${outcomeIs('complete')}
        ON CONFLICT ("collectionRef", "recordRef", "fingerprint") DO UPDATE SET "updated" = excluded."updated"`,
    ],
  }
}

function alertMail(
  { catalog: { settings }, now }: PlanContext,
  { collection, ip, userAgent }: SignInOrigin,
  { email, record }: Recipient,
): OutgoingMail {
  const alertInfo = `${formatDate(now)} - ${ip} ${userAgent}`
  const values = { alertInfo, record: { collection, values: record } }
  const template = collection.auth.authAlert.emailTemplate
  const mail = composeMail(settings, template, values, { name: '', address: email })
  return { ...mail, kind: 'authAlert' }
}
