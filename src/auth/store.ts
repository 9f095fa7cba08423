import { type SQL, sql } from 'drizzle-orm'
import { disabledUntil } from '#database/account-states.ts'
import type { Row } from '#database/batch.ts'
import { one, type Query } from '#database/query.ts'
import { sessionOverridesTable } from '#database/schema.ts'
import { columnOf } from '#records/identifiers.ts'
import type { AuthCollection } from './auth-token.ts'
import type { Session } from '#auth/sessions/sessions.ts'

/** The data of an account that signing in needs. */
export interface Account {
  readonly id: string
  readonly passwordHash: string
  readonly tokenKey: string
  /** True if the collection's auth rule admits the account. */
  readonly isAdmitted: boolean
  /** The end of the time for which the account is disabled, empty for none; undefined if it is not. */
  readonly disabledUntil: string | undefined
}

/**
 * Reads the account with an id; undefined if it does not exist. `admits` is the auth rule,
 * evaluated for the row, if it matters.
 */
export function selectAccount(
  collection: AuthCollection,
  id: string | SQL,
  now: Date,
  admits: SQL = sql`TRUE`,
): Query<Account | undefined> {
  const { name } = collection
  const statement = sql`SELECT ${columnOf(name, 'id')} AS "id", ${columnOf(name, 'password')} AS "password",
    ${columnOf(name, 'tokenKey')} AS "tokenKey", (${admits}) AS "isAdmitted",
    ${disabledUntil({ collection, recordId: columnOf(name, 'id') }, now)} AS "disabledUntil"
    FROM ${sql.identifier(name)} WHERE ${columnOf(name, 'id')} = ${id}`
  return one(statement, accountOf)
}

function accountOf([row]: readonly Row[]): Account | undefined {
  if (row === undefined) return undefined
  return {
    id: String(row['id']),
    passwordHash: String(row['password']),
    tokenKey: String(row['tokenKey']),
    isAdmitted: row['isAdmitted'] === 1,
    disabledUntil: row['disabledUntil'] === null ? undefined : String(row['disabledUntil']),
  }
}

/**
 * The id of the account that one of the fields identifies, in order of precedence; NULL if there is
 * none. A field matches exactly, or ignoring case if its unique index does.
 */
export function idByIdentity(
  collection: AuthCollection,
  fields: readonly string[],
  identity: string,
): SQL {
  const candidates = fields.map((field) => {
    const column = sql.identifier(field)
    const collation = collection.isUniqueIgnoringCase(field) ? sql` COLLATE NOCASE` : sql``
    // A partial index without blank values is only used by a query with the same condition.
    return sql`(SELECT "id" FROM ${sql.identifier(collection.name)}
      WHERE ${column} = ${identity}${collation} AND ${column} != '')`
  })
  // The function requires at least two arguments.
  return sql`coalesce(${sql.join([...candidates, sql`NULL`, sql`NULL`], sql`, `)})`
}

/** True if the account still has the token key, which changes with its password. */
export function hasTokenKey({ name }: AuthCollection, { id, tokenKey }: Account): SQL {
  return sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)}
    WHERE "id" = ${id} AND "tokenKey" = ${tokenKey})`
}

/** Replaces the hash of an unchanged password with a stronger one. */
export function upgradeHash(
  collection: AuthCollection,
  { id, passwordHash }: Account,
  stronger: string,
): SQL {
  return sql`UPDATE ${sql.identifier(collection.name)} SET "password" = ${stronger}
    WHERE "id" = ${id} AND "password" = ${passwordHash}`
}

/** Gives an account a new token key and returns its id; no row if it does not exist. */
export function replaceTokenKey(collection: AuthCollection, id: string, tokenKey: string): SQL {
  return sql`UPDATE ${sql.identifier(collection.name)} SET "tokenKey" = ${tokenKey}
    WHERE "id" = ${id} RETURNING "id"`
}

/** Deletes the one-time codes of an account. They do not outlive its token key. */
export function deleteOneTimeCodes(collection: AuthCollection, id: string): SQL {
  return sql`DELETE FROM "_otps" WHERE "collectionRef" = ${collection.id} AND "recordRef" = ${id}`
}

/**
 * Returns the ids of an account's KV sessions that the database confirms: not ended, and with the
 * account's token key.
 */
export function selectStanding(
  collection: AuthCollection,
  recordId: string,
  sessions: ReadonlyMap<string, Session>,
): Query<ReadonlySet<unknown>> {
  const claims = [...sessions].map(([id, { tokenKey }]) => ({ id, tokenKey }))
  const statement = sql`SELECT s.value ->> 'id' AS "id" FROM json_each(${JSON.stringify(claims)}) s
    JOIN ${sql.identifier(collection.name)} a ON a."id" = ${recordId}
    LEFT JOIN ${sessionOverridesTable} o ON o."id" = s.value ->> 'id'
    WHERE a."tokenKey" = CASE WHEN o."id" IS NULL THEN s.value ->> 'tokenKey' ELSE o."tokenKey" END`
  return one(statement, (rows) => new Set(rows.map(({ id }) => id)))
}
