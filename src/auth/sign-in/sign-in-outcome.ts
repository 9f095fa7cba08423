/*
 * A batch that signs somebody in decides for itself whether it does: rules, second factors and known
 * places are asked after everything the proof has changed. The decision is a row, which later
 * statements of the batch look at and the last one takes away.
 */
import { type SQL, sql } from 'drizzle-orm'
import { one, type Query } from '#database/query.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** What a proof of who somebody is can lead to. */
export type SignInOutcome =
  | 'complete'
  /** The auth rule does not let the account in. */
  | 'denied'
  /** A second factor is needed. */
  | 'challenged'
  /** The second factor answers a challenge that is over, or somebody else's, or by the same method. */
  | 'mfaExpired'
  | 'mfaForeign'
  | 'mfaSameMethod'

/** What a batch has decided. */
export interface Decision {
  readonly outcome: SignInOutcome
  /** Whether a mail about the sign-in is on its way. */
  readonly isAlerting: boolean
}

/** What a decision is made from; asked of the account's row. */
export interface Question {
  readonly isAdmitted: SQL
  /** The outcome for an account that is admitted. */
  readonly outcome: SQL
  /** Whether a completed sign-in is worth a mail. */
  readonly isAlerting: SQL
}

/** The statement that decides; no account, no decision. */
export function storeOutcome(
  { name }: AuthCollection,
  recordId: string,
  { isAdmitted, outcome, isAlerting }: Question,
): SQL {
  const account = sql.identifier(name)
  return sql`INSERT INTO "_admission" ("outcome", "isAlerting")
    SELECT "o", "o" = 'complete' AND ${isAlerting} FROM (
      SELECT CASE WHEN ${isAdmitted} THEN ${outcome} ELSE 'denied' END AS "o" FROM ${account}
      WHERE ${account}."id" = ${recordId})`
}

/** Whether the batch has decided so. */
export function outcomeIs(outcome: SignInOutcome): SQL {
  return sql`EXISTS (SELECT 1 FROM "_admission" WHERE "outcome" = ${outcome})`
}

/** Whether the batch has decided that a mail is to leave. */
export const isAlerting: SQL = sql`EXISTS (SELECT 1 FROM "_admission" WHERE "isAlerting" = 1)`

/** Reads the decision and deletes it; undefined when the account is gone. */
export const takeOutcome: Query<Decision | undefined> = one(
  sql`DELETE FROM "_admission" RETURNING "outcome", "isAlerting"`,
  ([row]) =>
    row && { outcome: row['outcome'] as SignInOutcome, isAlerting: row['isAlerting'] === 1 },
)
