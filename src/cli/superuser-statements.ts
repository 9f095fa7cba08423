/*
 * The SQL of the superuser command. wrangler takes statements without parameters, so values are
 * written as literals, all by `literal`.
 */
import { endSetupLink } from '#auth/setup/new-setup-link.ts'
import { accountTables, superusersId } from '#catalog/system-collections.ts'

/** The values of a superuser's row; `password` is a hash. */
export interface SuperuserRow {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly tokenKey: string
  /** In PocketBase's format. */
  readonly now: string
}

/** Selects all superusers, oldest first. */
export const listSuperusers = 'SELECT email, created FROM _superusers ORDER BY created, email'

/**
 * Sets the password of the superuser with this address, or creates one.
 *
 * The new token key ends every session of the account. Sign-ins that began with the old password
 * (second factors, known devices, one-time codes) become invalid, and so does the setup link.
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
    endSetupLink,
  ]
}

/**
 * Removes the second factors of the superuser with this address: authenticators and recovery codes.
 * The new token key ends every session of the account.
 */
export function resetFactors(address: string, tokenKey: string): readonly string[] {
  const email = literal(address)
  return [
    ...deleteLinked(email, ['_totps', '_recovery_codes', '_mfas', '_otps']),
    `UPDATE _superusers SET tokenKey = ${literal(tokenKey)} WHERE email = ${email}`,
  ]
}

/** Deletes the superuser with this address and all data of the account. */
export function deleteSuperuser(address: string): readonly string[] {
  const email = literal(address)
  return [...deleteLinked(email, accountTables), `DELETE FROM _superusers WHERE email = ${email}`]
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

/** Quotes a string as an SQL literal. SQLite interprets nothing but quotes in it. */
function literal(text: string): string {
  // SQLite would end the statement at a NUL, inside the literal.
  if (text.includes('\0')) throw new TypeError('A text in SQL cannot hold a NUL character.')
  return `'${text.replaceAll("'", "''")}'`
}
