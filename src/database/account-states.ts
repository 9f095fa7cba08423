/*
 * Accounts that are disabled. A row says until when; once that has passed, it no longer counts.
 */
import { type SQL, sql } from 'drizzle-orm'
import { formatDate } from '#kernel/dates.ts'
import { accountStatesTable } from './schema.ts'
import { type FactorOwner, ownedBy } from './second-factors.ts'

/** True for the row of an account that is disabled now. */
function isCurrentOf(account: FactorOwner, now: Date): SQL {
  return sql`${ownedBy(account)} AND ("until" = '' OR "until" > ${formatDate(now)})`
}

/** True if the account is disabled. */
export function isDisabled(account: FactorOwner, now: Date): SQL {
  return sql`EXISTS (SELECT 1 FROM ${accountStatesTable} WHERE ${isCurrentOf(account, now)})`
}

/** The end of the time for which an account is disabled, empty for none; NULL if it is not. */
export function disabledUntil(account: FactorOwner, now: Date): SQL {
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
export function disable(account: FactorOwner, { reason, until, actor }: NewState, now: Date): SQL {
  const by = JSON.stringify({ collection: actor.collectionId, id: actor.id })
  return sql`INSERT INTO ${accountStatesTable} ("collectionRef", "recordRef", "reason", "until", "actor", "at")
    VALUES (${account.collection.id}, ${account.recordId}, ${reason}, ${until}, ${by}, ${formatDate(now)})
    ON CONFLICT ("collectionRef", "recordRef") DO UPDATE SET "reason" = excluded."reason",
      "until" = excluded."until", "actor" = excluded."actor", "at" = excluded."at"`
}

/** The statement that enables an account again. */
export function enable(account: FactorOwner): SQL {
  return sql`DELETE FROM ${accountStatesTable} WHERE ${ownedBy(account)}`
}

/** The statement that deletes the rows whose time has passed. */
export function removePassedStates(now: Date): SQL {
  return sql`DELETE FROM ${accountStatesTable} WHERE "until" != '' AND "until" <= ${formatDate(now)}`
}
