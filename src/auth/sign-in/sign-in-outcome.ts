/*
 * The sign-in batch decides its outcome itself: it evaluates rules, second factors and known
 * origins after all effects of the proof. The decision is a row, which later statements of the
 * batch read and the last one deletes.
 */
import { type SQL, sql } from 'drizzle-orm'
import { one, type Query } from '#database/query.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { signInOutcomeTable } from '#database/schema.ts'

/** The possible outcomes of a proof. */
export type SignInOutcome =
  | 'complete'
  /** The auth rule rejects the account. */
  | 'denied'
  /** The account is disabled. */
  | 'disabled'
  /** A second factor is required. */
  | 'challenged'
  /** A second factor is required, and the account has none. */
  | 'unenrolled'
  /**
   * The challenge of the second factor has expired, belongs to another account, or had the same
   * method.
   */
  | 'mfaExpired'
  | 'mfaForeign'
  | 'mfaSameMethod'

/** The decision of a batch. */
export interface Decision {
  readonly outcome: SignInOutcome
  /** True if a mail about the sign-in was queued. */
  readonly isAlerting: boolean
}

/** The input of the decision; evaluated for the account's row. */
export interface Question {
  readonly isDisabled: SQL
  readonly isAdmitted: SQL
  /** The outcome for an account that is admitted. */
  readonly outcome: SQL
  /** True if a completed sign-in needs a mail. */
  readonly isAlerting: SQL
}

/** The statement that decides. Without an account there is no decision. */
export function storeOutcome(
  { name }: AuthCollection,
  recordId: string,
  { isDisabled, isAdmitted, outcome, isAlerting }: Question,
): SQL {
  const account = sql.identifier(name)
  return sql`INSERT INTO ${signInOutcomeTable} ("outcome", "isAlerting")
    SELECT "o", "o" = 'complete' AND ${isAlerting} FROM (
      SELECT CASE WHEN ${isDisabled} THEN 'disabled' WHEN ${isAdmitted} THEN ${outcome} ELSE 'denied' END AS "o" FROM ${account}
      WHERE ${account}."id" = ${recordId})`
}

/** True if the batch has decided on this outcome. */
export function outcomeIs(outcome: SignInOutcome): SQL {
  return sql`EXISTS (SELECT 1 FROM ${signInOutcomeTable} WHERE "outcome" = ${outcome})`
}

/** True if the batch has decided to send a mail. */
export const isAlerting: SQL = sql`EXISTS (SELECT 1 FROM ${signInOutcomeTable} WHERE "isAlerting" = 1)`

/** Reads the decision and deletes it; undefined if the account does not exist. */
export const takeOutcome: Query<Decision | undefined> = one(
  sql`DELETE FROM ${signInOutcomeTable} RETURNING "outcome", "isAlerting"`,
  ([row]) =>
    row && { outcome: row['outcome'] as SignInOutcome, isAlerting: row['isAlerting'] === 1 },
)
