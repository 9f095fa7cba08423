/*
 * Where an account was signed in to from: client and address, as a fingerprint. A sign-in from
 * anywhere else is told to the account by mail, the very first one excepted.
 */
import { hexDigest } from '#kernel/bytes.ts'
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId } from '#kernel/random.ts'
import { composeMail } from '#mail/compose.ts'
import { enqueueMail } from '#mail/outbox.ts'
import { isAlerting, outcomeIs } from './sign-in-outcome.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { Recipient } from '#auth/account-mail/recipient.ts'

/** Where and as whom somebody signs in. */
export interface SignInOrigin {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly ip: string
  readonly userAgent: string
  /** The account as its mails need it; undefined when nobody can be mailed. */
  readonly addressee: Recipient | undefined
}

/** What origins add to the batch that signs somebody in. */
export interface OriginStep {
  /** Whether the account is to be told; asked before the statements run. */
  readonly isAlerting: SQL
  readonly statements: readonly SQL[]
}

/** So many places are remembered; a new one takes the place of the oldest. */
const maxOrigins = 5

const maxUserAgentBytes = 200

/** Plans the remembering of where an account was signed in to from, and the mail about a new place. */
export async function planOrigin(scope: PlanContext, arrival: SignInOrigin): Promise<OriginStep> {
  const { collection, recordId, addressee } = arrival
  if (!collection.auth.authAlert.enabled) return { isAlerting: sql`FALSE`, statements: [] }

  const client = { ...arrival, userAgent: shortened(arrival.userAgent) }
  const fingerprint = await hexDigest('MD5', client.ip + client.userAgent)
  const owned = sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
  const isOwned = sql`EXISTS (SELECT 1 FROM "_authOrigins" WHERE ${owned})`
  const isKnown = sql`EXISTS (SELECT 1 FROM "_authOrigins" WHERE ${owned} AND "fingerprint" = ${fingerprint})`
  const isMailable = addressee !== undefined && addressee.email !== ''
  const moment = formatDate(scope.now)
  return {
    isAlerting: isMailable ? sql`(${isOwned} AND NOT ${isKnown})` : sql`FALSE`,
    statements: [
      ...(isMailable ? [enqueueMail(alertMail(scope, client, addressee), isAlerting)] : []),
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
): ReturnType<typeof composeMail> {
  const alertInfo = `${formatDate(now)} - ${ip} ${userAgent}`
  const values = { alertInfo, record: { collection, values: record } }
  const template = collection.auth.authAlert.emailTemplate
  return composeMail(settings, template, values, { name: '', address: email })
}

/** A User-Agent may be of any length. */
function shortened(userAgent: string): string {
  const bytes = new TextEncoder().encode(userAgent)
  if (bytes.length <= maxUserAgentBytes) return userAgent
  return `${new TextDecoder().decode(bytes.subarray(0, maxUserAgentBytes))}...`
}
