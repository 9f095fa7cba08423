/*
 * Corrections of KV's sessions in D1. KV may show a session for a while after it has ended, or its
 * old token key after it moved to a new one; a row here corrects it. The statements are part of the
 * write that ends or keeps the session, so neither happens without the other.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'
import { sessionOverridesTable } from './schema.ts'

/** A session, as its row needs it. */
export interface SessionReference {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
  /** The time after which no token of the session is valid, and its KV entry has expired. */
  readonly expiresAt: Date
}

/** The statement that ends a session at the next request, whatever KV has. */
export function endSession(session: SessionReference): SQL {
  return sql`INSERT INTO ${sessionOverridesTable} ("id", "collectionRef", "recordRef", "tokenKey", "expires")
    VALUES (${session.sessionId}, ${session.collectionId}, ${session.recordId}, NULL, ${expirySeconds(session.expiresAt)})
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = NULL, "expires" = max("expires", excluded."expires")`
}

/**
 * The statement that keeps one session under its account's new token key, while the change of the
 * key ends all others. An ended session stays ended.
 *
 * @param changed true if the key did change; evaluated when the statement runs
 */
export function keepSession(session: SessionReference, tokenKey: string, changed: SQL): SQL {
  return sql`INSERT INTO ${sessionOverridesTable} ("id", "collectionRef", "recordRef", "tokenKey", "expires")
    SELECT ${session.sessionId}, ${session.collectionId}, ${session.recordId}, ${tokenKey}, ${expirySeconds(session.expiresAt)}
    WHERE ${changed}
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = excluded."tokenKey", "expires" = max("expires", excluded."expires")
    WHERE ${sessionOverridesTable}."tokenKey" IS NOT NULL`
}

/** The time a realtime connection may keep a session after its token has expired. */
const graceSeconds = 60 * 60

/** The statement that deletes the rows of expired sessions. */
export function removeExpiredOverrides(now: Date): SQL {
  return sql`DELETE FROM ${sessionOverridesTable} WHERE "expires" <= ${unixSeconds(now) - graceSeconds}`
}

/** Rounds up, so that the row outlives the session. */
function expirySeconds(date: Date): number {
  return Math.ceil(date.getTime() / 1000)
}
