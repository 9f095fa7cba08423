/*
 * Mails an account a link with a token. One batch reads the account, because its token key is part
 * of the signing key. A second one writes the mail to the outbox, on condition that the account is
 * unchanged.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { MailTemplate } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isDisabled } from '#database/account-states.ts'
import { all, map, one, type Query } from '#database/query.ts'
import { newId, newTokenKey } from '#kernel/random.ts'
import { composeMail } from '#mail/compose.ts'
import type { OutgoingMail } from '#platform/mailer.ts'
import { columnOf } from '#records/identifiers.ts'
import { selectRecords } from '#records/read/record-select.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { type AccountTokenKind, accountTokenExpiry, signAccountToken } from './account-tokens.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** An account with the data for its mails. */
export interface Recipient {
  readonly id: string
  readonly tokenKey: string
  readonly email: string
  /** For the placeholders of the template. */
  readonly record: RecordJson
}

/** Reads the account with an id, which may be a subquery; undefined if it does not exist. */
export function selectRecipient(
  { catalog }: PlanContext,
  info: RequestInfo,
  collection: AuthCollection,
  id: string | SQL,
): Query<Recipient | undefined> {
  const from = sql`FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${id}`
  // Placeholders leave out hidden fields. The account may read everything else of itself.
  const viewer = { ...info, isSuperuser: true }
  const source = { collection, from, isDistinct: false }
  const found = all({
    account: one(sql`SELECT "id", "tokenKey", "email" ${from}`, ([row]) => row),
    records: selectRecords(catalog.collections, viewer, source),
  })
  return map(found, ({ account, records: [record] }) => {
    if (account === undefined || record === undefined) return undefined
    return {
      id: String(account['id']),
      tokenKey: String(account['tokenKey']),
      email: String(account['email']),
      record,
    }
  })
}

/**
 * A recipient that does not exist. Mails to it are composed like any other and dropped by the
 * database, so that neither time nor trips reveal who has an account.
 */
export function decoyRecipient(email: string): Recipient {
  return { id: newId(), tokenKey: newTokenKey(), email, record: {} }
}

/** A mail with a token. */
export interface TokenMail {
  readonly kind: Exclude<AccountTokenKind, 'file'>
  readonly template: MailTemplate
  readonly addressee: Recipient
  /** The new address of the account, which receives the mail. */
  readonly newEmail?: string
}

/** Composes a mail with a token. The mail is dropped once the token has expired. */
export async function composeTokenMail(
  { catalog: { settings }, now }: PlanContext,
  collection: AuthCollection,
  { kind, template, addressee, newEmail }: TokenMail,
): Promise<OutgoingMail> {
  const expiresAt = accountTokenExpiry(collection, kind, now)
  const { email, record } = addressee
  const token = await signAccountToken(collection, {
    kind,
    account: addressee,
    email,
    newEmail,
    expiresAt,
  })
  const values = { token, record: { collection, values: record } }
  const to = { name: '', address: newEmail ?? email }
  return {
    ...composeMail(settings, withPlainLinks(template), values, to),
    kind,
    notAfter: expiresAt,
  }
}

/** True inside the batch if the account is unchanged since it was read, and not disabled. */
export function mayReceive(
  { now }: PlanContext,
  collection: AuthCollection,
  { id, tokenKey, email }: Recipient,
  condition: SQL = sql`TRUE`,
): SQL {
  return sql`(EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)}
    WHERE "id" = ${id} AND "tokenKey" = ${tokenKey} AND "email" = ${email} AND ${condition})
    AND NOT ${isDisabled({ collection, recordId: id }, now)})`
}

/**
 * The links of PocketBase's templates open its dashboard and have the page in their fragment, which
 * only a script can read. Here the same pages have paths.
 */
function withPlainLinks({ subject, body }: MailTemplate): MailTemplate {
  return { subject, body: body.replaceAll('{APP_URL}/_/#/auth/', '{APP_URL}/_/auth/') }
}
