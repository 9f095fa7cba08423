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

/** Rows per page, so that a page stays far below the 2 MB of a value. */
const pageRows = 2000

/**
 * The query for a page of rows after an id, for another deployment: as one JSON array in `rows`,
 * with the last id in `last`, which is null at the end.
 */
export function readOverrides(after: string): SQL {
  return sql`SELECT json_group_array(json_array("id", "collectionRef", "recordRef", "tokenKey", "expires")) AS "rows", max("id") AS "last"
    FROM (SELECT * FROM ${sessionOverridesTable} WHERE "id" > ${after} ORDER BY "id" LIMIT ${sql.raw(String(pageRows))})`
}

/** The statement that stores a page of rows as `readOverrides` returned it. */
export function storeOverrides(rows: string): SQL {
  const column = (index: number) => sql`json_extract("value", ${sql.raw(`'$[${index}]'`)})`
  return sql`INSERT INTO ${sessionOverridesTable} ("id", "collectionRef", "recordRef", "tokenKey", "expires")
    SELECT ${column(0)}, ${column(1)}, ${column(2)}, ${column(3)}, ${column(4)} FROM json_each(${rows}) WHERE true
    ON CONFLICT ("id") DO UPDATE SET "tokenKey" = excluded."tokenKey", "expires" = excluded."expires"`
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
