/*
 * The SQL of the superuser command. wrangler takes text without parameters, so values are written
 * into it as literals, all by `literal`.
 */
import { superusersId } from '#catalog/system-collections.ts'

/** What a superuser's row is written with; `password` is a hash. */
export interface SuperuserRow {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly tokenKey: string
  /** In PocketBase's text form. */
  readonly now: string
}

/** Asks for every superuser, oldest first. */
export const listSuperusers = 'SELECT email, created FROM _superusers ORDER BY created, email'

/**
 * Sets the password of the superuser with this address, or makes one.
 *
 * The new token key ends every session of the account; what was begun under the old password
 * (second factors, known devices, one-time codes) is forgotten.
 */
export function upsertSuperuser(row: SuperuserRow): readonly string[] {
  const { id, email, password, tokenKey, now } = asLiterals(row)
  return [
    ...deleteLinked(email, ['_mfas', '_otps', '_authOrigins']),
    `UPDATE _superusers SET password = ${password}, tokenKey = ${tokenKey}, verified = 1, ` +
      `updated = ${now} WHERE email = ${email}`,
    'INSERT INTO _superusers ' +
      '(id, email, password, tokenKey, emailVisibility, verified, created, updated) ' +
      `SELECT ${id}, ${email}, ${password}, ${tokenKey}, 0, 1, ${now}, ${now} ` +
      `WHERE NOT EXISTS (SELECT 1 FROM _superusers WHERE email = ${email})`,
  ]
}

/** Deletes the superuser with this address and what belongs to the account. */
export function deleteSuperuser(address: string): readonly string[] {
  const email = literal(address)
  return [
    ...deleteLinked(email, ['_mfas', '_otps', '_authOrigins', '_externalAuths']),
    `DELETE FROM _superusers WHERE email = ${email}`,
  ]
}

function deleteLinked(email: string, tables: readonly string[]): readonly string[] {
  return tables.map(
    (table) =>
      `DELETE FROM ${table} WHERE collectionRef = '${superusersId}' ` +
      `AND recordRef IN (SELECT id FROM _superusers WHERE email = ${email})`,
  )
}

function asLiterals(row: SuperuserRow): SuperuserRow {
  return {
    id: literal(row.id),
    email: literal(row.email),
    password: literal(row.password),
    tokenKey: literal(row.tokenKey),
    now: literal(row.now),
  }
}

/** A text as an SQL literal. Quotes are all that SQLite reads inside one. */
function literal(text: string): string {
  // A NUL would end the statement for SQLite, in the middle of the literal.
  if (text.includes('\0')) throw new TypeError('A text in SQL cannot hold a NUL character.')
  return `'${text.replaceAll("'", "''")}'`
}
