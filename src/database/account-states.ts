/*
 * Accounts that are disabled. A row says until when; once that has passed, it no longer counts.
 */
import { type SQL, sql } from 'drizzle-orm'
import { formatDate } from '#kernel/dates.ts'
import { accountStatesTable } from './schema.ts'

/** An account. Its id may be an expression. */
interface Account {
  readonly collection: { readonly id: string }
  readonly recordId: string | SQL
}

/** True for the row of an account that is disabled now. */
function isCurrentOf({ collection, recordId }: Account, now: Date): SQL {
  return sql`"collectionRef" = ${collection.id} AND "recordRef" = ${recordId}
    AND ("until" = '' OR "until" > ${formatDate(now)})`
}

/** True if the account is disabled. */
export function isDisabled(account: Account, now: Date): SQL {
  return sql`EXISTS (SELECT 1 FROM ${accountStatesTable} WHERE ${isCurrentOf(account, now)})`
}

/** The end of the time for which an account is disabled, empty for none; NULL if it is not. */
export function disabledUntil(account: Account, now: Date): SQL {
  return sql`(SELECT "until" FROM ${accountStatesTable} WHERE ${isCurrentOf(account, now)})`
}

/** A reason and an end for disabling an account. */
export interface NewState {
  readonly reason: string
  /** In PocketBase's format; empty for no end. */
  readonly until: string
  /** The account that disables it. */
  readonly actor: { readonly collectionId: string; readonly id: string }
}

/** The statement that disables an account, or replaces its state. */
export function disable(account: Account, { reason, until, actor }: NewState, now: Date): SQL {
  const by = JSON.stringify({ collection: actor.collectionId, id: actor.id })
  return sql`INSERT INTO ${accountStatesTable} ("collectionRef", "recordRef", "reason", "until", "actor", "at")
    VALUES (${account.collection.id}, ${account.recordId}, ${reason}, ${until}, ${by}, ${formatDate(now)})
    ON CONFLICT ("collectionRef", "recordRef") DO UPDATE SET "reason" = excluded."reason",
      "until" = excluded."until", "actor" = excluded."actor", "at" = excluded."at"`
}

/** The statement that enables an account again. */
export function enable({ collection, recordId }: Account): SQL {
  return sql`DELETE FROM ${accountStatesTable}
    WHERE "collectionRef" = ${collection.id} AND "recordRef" = ${recordId}`
}

/** The statement that deletes the rows whose time has passed. */
export function removePassedStates(now: Date): SQL {
  return sql`DELETE FROM ${accountStatesTable} WHERE "until" != '' AND "until" <= ${formatDate(now)}`
}
