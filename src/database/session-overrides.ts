/*
 * What D1 says about sessions against KV. KV may show a session for a while after it has ended, or
 * the token key of a session before it was carried over to a new one; a row here corrects it. The
 * statements are parts of the write that ends or keeps the session, so neither happens without it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'

/** A session, as its row needs to know it. */
export interface SessionReference {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
  /** No token of the session is accepted, and no KV entry of it found, after this moment. */
  readonly expiresAt: Date
}

/** The statement that ends a session: it is over at the very next request, whatever KV holds. */
export function endSession(session: SessionReference): SQL {
  return sql`INSERT INTO "_session_overrides" ("id", "collectionRef", "recordRef", "tokenKey", "expires")
    VALUES (${session.sessionId}, ${session.collectionId}, ${session.recordId}, NULL, ${expirySeconds(session.expiresAt)})
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = NULL, "expires" = max("expires", excluded."expires")`
}

/**
 * The statement that lets one session go on under its account's new token key, while the change of
 * the key ends all others. An ended session stays ended.
 *
 * @param changed whether the key did change; asked when the statement runs
 */
export function keepSession(session: SessionReference, tokenKey: string, changed: SQL): SQL {
  return sql`INSERT INTO "_session_overrides" ("id", "collectionRef", "recordRef", "tokenKey", "expires")
    SELECT ${session.sessionId}, ${session.collectionId}, ${session.recordId}, ${tokenKey}, ${expirySeconds(session.expiresAt)}
    WHERE ${changed}
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = excluded."tokenKey", "expires" = max("expires", excluded."expires")
    WHERE "_session_overrides"."tokenKey" IS NOT NULL`
}

/** The time a realtime connection may keep a session after its token has expired. */
const graceSeconds = 60 * 60

/** The statement that removes the rows of sessions that would have ended by now anyway. */
export function removeExpiredOverrides(now: Date): SQL {
  return sql`DELETE FROM "_session_overrides" WHERE "expires" <= ${unixSeconds(now) - graceSeconds}`
}

/** Not a moment before the session has expired. */
function expirySeconds(date: Date): number {
  return Math.ceil(date.getTime() / 1000)
}
