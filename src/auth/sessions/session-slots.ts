/*
 * Sessions of collections that limit their number. The batch that signs in takes a slot, and ends the
 * sessions that were seen least recently beyond the limit, so the limit holds for concurrent
 * sign-ins. The oldest one goes, not the new one: otherwise a thief's session would keep the owner
 * out.
 */
import { type SQL, sql } from 'drizzle-orm'
import { sessionOverridesTable, sessionSlotsTable } from '#database/schema.ts'
import { ownedBy } from '#database/second-factors.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** A session that begins or is renewed. */
interface SlotHolder {
  readonly recordId: string
  readonly sessionId: string
  readonly now: Date
}

/** The statements for a new session, if the collection limits their number; `when` it begins. */
export function takeSlot(collection: AuthCollection, holder: SlotHolder, when: SQL): SQL[] {
  const { maxCount } = collection.auth.security.session
  if (maxCount === 0) return []
  const { recordId, now } = holder
  const owned = ownedBy({ collection, recordId })
  const expires = expirySeconds(collection, now)
  return [
    sql`DELETE FROM ${sessionSlotsTable} WHERE ${owned}
      AND ("expires" <= ${unixSeconds(now)} OR NOT ${stands(collection, recordId)})`,
    sql`INSERT INTO ${sessionSlotsTable} ${row(collection, holder)} WHERE ${when}`,
    sql`INSERT INTO ${sessionOverridesTable} ("id", "collectionRef", "recordRef", "tokenKey", "expires")
      SELECT "id", "collectionRef", "recordRef", NULL, ${expires}
      FROM (SELECT * FROM ${sessionSlotsTable} WHERE ${owned}
        ORDER BY "seen" DESC, "_rowid_" DESC LIMIT -1 OFFSET ${maxCount}) WHERE TRUE
      ON CONFLICT ("id") DO UPDATE SET "tokenKey" = NULL, "expires" = max("expires", excluded."expires")`,
    sql`DELETE FROM ${sessionSlotsTable} WHERE ${owned} AND NOT ${stands(collection, recordId)}`,
  ]
}

/** The statement for a renewed session, if the collection limits their number. */
export function keepSlot(collection: AuthCollection, holder: SlotHolder): SQL | undefined {
  if (collection.auth.security.session.maxCount === 0) return undefined
  return sql`INSERT INTO ${sessionSlotsTable} ${row(collection, holder)} WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = excluded."tokenKey", "seen" = excluded."seen",
      "expires" = excluded."expires"`
}

/** The statement that deletes the rows of expired sessions. */
export function removeExpiredSlots(now: Date): SQL {
  return sql`DELETE FROM ${sessionSlotsTable} WHERE "expires" <= ${unixSeconds(now)}`
}

/** The columns and values of a row, to be completed by a condition. */
function row(collection: AuthCollection, { recordId, sessionId, now }: SlotHolder): SQL {
  return sql`("id", "collectionRef", "recordRef", "tokenKey", "seen", "expires")
    SELECT ${sessionId}, ${collection.id}, ${recordId}, ${tokenKeyOf(collection, recordId)},
      ${now.getTime()}, ${expirySeconds(collection, now)}`
}

/** True for a row whose session has not ended. */
function stands(collection: AuthCollection, recordId: string): SQL {
  const override = sql`FROM ${sessionOverridesTable} o WHERE o."id" = ${sessionSlotsTable}."id"`
  return sql`(${tokenKeyOf(collection, recordId)} IS CASE WHEN EXISTS (SELECT 1 ${override})
    THEN (SELECT o."tokenKey" ${override}) ELSE ${sessionSlotsTable}."tokenKey" END)`
}

function tokenKeyOf({ name }: AuthCollection, recordId: string): SQL {
  return sql`(SELECT "tokenKey" FROM ${sql.identifier(name)} WHERE "id" = ${recordId})`
}

/** No token of the session outlives it. */
function expirySeconds({ auth }: AuthCollection, now: Date): number {
  return unixSeconds(now) + auth.authToken.duration
}
