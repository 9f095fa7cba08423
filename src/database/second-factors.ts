/*
 * The rows of second factors. A seed counts once it is confirmed. Attempts are counted before their
 * outcome is known, and taken back by the batch that accepts the code.
 */
import { type SQL, sql } from 'drizzle-orm'
import { formatDate } from '#kernel/dates.ts'
import type { Row } from './batch.ts'
import { one, type Query } from './query.ts'
import { recoveryCodesTable, totpsTable } from './schema.ts'

/** Maximum authenticators of an account, unconfirmed ones included. */
export const maxFactors = 5

/** The time to confirm an authenticator. */
const confirmSeconds = 15 * 60

/** Attempts after which the owner is told that the password is known to another person. */
export const suspiciousFailures = 10
/** Attempts after which no code is accepted until the owner signs in with another method. */
export const maxFailures = 50

/** An account. Its id may be an expression. */
export interface FactorOwner {
  readonly collection: { readonly id: string }
  readonly recordId: string | SQL
}

/** True for the rows of an account. */
export function ownedBy({ collection, recordId }: FactorOwner): SQL {
  return sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
}

/** True if the account has a confirmed authenticator, even a suspended one. */
export function hasConfirmed(owner: FactorOwner): SQL {
  return sql`EXISTS (SELECT 1 FROM ${totpsTable} WHERE ${ownedBy(owner)} AND "confirmed" = 1)`
}

/** True if the account has an authenticator whose codes are accepted. */
export function hasUsable(owner: FactorOwner): SQL {
  return sql`EXISTS (SELECT 1 FROM ${totpsTable}
    WHERE ${ownedBy(owner)} AND "confirmed" = 1 AND "failures" < ${maxFailures})`
}

/** True if the account has a recovery code. */
export function hasRecoveryCode(owner: FactorOwner): SQL {
  return sql`EXISTS (SELECT 1 FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)})`
}

/** The number of an account's recovery codes. */
export function countRecoveryCodes(owner: FactorOwner): SQL {
  return sql`(SELECT count(*) FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)})`
}

/** An authenticator as stored. */
export interface StoredTotp {
  readonly id: string
  readonly name: string
  /** The sealed seed. */
  readonly secret: string
  readonly isConfirmed: boolean
  readonly lastStep: number
  readonly failures: number
  readonly created: string
  readonly lastUsed: string
}

/** Reads authenticators of an account that have not expired, oldest first. */
export function selectTotps(
  owner: FactorOwner,
  now: Date,
  condition: SQL = sql`TRUE`,
): Query<readonly StoredTotp[]> {
  const statement = sql`SELECT "id", "name", "secret", "confirmed", "last_step", "failures", "created", "last_used"
    FROM ${totpsTable} WHERE ${ownedBy(owner)} AND ${isCurrent(now)} AND ${condition}
    ORDER BY "created", "_rowid_"`
  return one(statement, (rows) => rows.map(totpOf))
}

function totpOf(row: Row): StoredTotp {
  return {
    id: String(row['id']),
    name: String(row['name']),
    secret: String(row['secret']),
    isConfirmed: row['confirmed'] === 1,
    lastStep: Number(row['last_step']),
    failures: Number(row['failures']),
    created: String(row['created']),
    lastUsed: String(row['last_used']),
  }
}

/** True for an authenticator that is confirmed, or can still be. */
function isCurrent(now: Date): SQL {
  return sql`("confirmed" = 1 OR "created" >= ${oldestUnconfirmed(now)})`
}

function oldestUnconfirmed(now: Date): string {
  return formatDate(new Date(now.getTime() - confirmSeconds * 1000))
}

/** The statement that removes authenticators that were not confirmed in time. */
export function removeUnconfirmed(now: Date): SQL {
  return sql`DELETE FROM ${totpsTable} WHERE "confirmed" = 0 AND "created" < ${oldestUnconfirmed(now)}`
}

/** The statement that counts an attempt at an account's codes; `when` is evaluated when it runs. */
export function countTry(owner: FactorOwner, when: SQL = sql`TRUE`): SQL {
  return sql`UPDATE ${totpsTable} SET "failures" = "failures" + 1
    WHERE ${ownedBy(owner)} AND "confirmed" = 1 AND ${when}`
}

/** True if this attempt is the account's nth without a right code. Evaluate it after `countTry`. */
export function isTry(owner: FactorOwner, attempts: number): SQL {
  return sql`EXISTS (SELECT 1 FROM ${totpsTable}
    WHERE ${ownedBy(owner)} AND "confirmed" = 1 AND "failures" = ${attempts})`
}

/** True for a confirmed authenticator that has had no more tries than the one being made. */
export const acceptsCodes: SQL = sql`"confirmed" = 1 AND "failures" <= ${maxFailures}`

/** A code that was entered. */
export interface EnteredCode {
  readonly totp: StoredTotp
  /** The time step of the code. */
  readonly step: number
}

/**
 * True if the seed is unchanged, and neither the code nor a later one was used since it was read.
 * Batches run one after another, so of two requests with the same code one finds it unused.
 */
export function isCodeUnused(owner: FactorOwner, { totp, step }: EnteredCode): SQL {
  return sql`EXISTS (SELECT 1 FROM ${totpsTable} WHERE "id" = ${totp.id} AND ${ownedBy(owner)}
    AND "confirmed" = ${Number(totp.isConfirmed)} AND "secret" = ${totp.secret} AND "last_step" < ${step})`
}

/** The statements that use a code up, and take the attempts of the account back. */
export function useCode(owner: FactorOwner, { totp, step }: EnteredCode, now: Date): SQL[] {
  return [
    sql`UPDATE ${totpsTable} SET "last_step" = ${step}, "last_used" = ${formatDate(now)}
      WHERE "id" = ${totp.id}`,
    forgiveTries(owner, sql`TRUE`),
  ]
}

/** The statement that accepts an account's codes again after too many attempts. */
export function forgiveTries(owner: FactorOwner, when: SQL): SQL {
  return sql`UPDATE ${totpsTable} SET "failures" = 0
    WHERE ${ownedBy(owner)} AND "failures" > 0 AND ${when}`
}

/** True if the account has this recovery code. */
export function isRecoveryCode(owner: FactorOwner, hash: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)} AND "hash" = ${hash})`
}

/** The statement that uses a recovery code up. */
export function useRecoveryCode(owner: FactorOwner, hash: string): SQL {
  return sql`DELETE FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)} AND "hash" = ${hash}`
}

/** The statements that replace an account's recovery codes; `when` is evaluated when they run. */
export function replaceRecoveryCodes(
  owner: FactorOwner,
  hashes: readonly string[],
  now: Date,
  when: SQL = sql`TRUE`,
): SQL[] {
  return [
    sql`DELETE FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)} AND ${when}`,
    sql`INSERT INTO ${recoveryCodesTable} ("collectionRef", "recordRef", "hash", "created")
      SELECT ${owner.collection.id}, ${owner.recordId}, value, ${formatDate(now)}
      FROM json_each(${JSON.stringify(hashes)}) WHERE ${when}`,
  ]
}

/** The statements that remove all second factors of an account. */
export function removeFactors(owner: FactorOwner): SQL[] {
  return [
    sql`DELETE FROM ${totpsTable} WHERE ${ownedBy(owner)}`,
    sql`DELETE FROM ${recoveryCodesTable} WHERE ${ownedBy(owner)}`,
  ]
}
