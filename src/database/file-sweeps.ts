/*
 * The prefixes of the bucket to sweep. No transaction spans a database and a bucket, so a row is
 * written beforehand, or in the same batch as a change, wherever a file may be left behind. A sweep
 * later deletes the objects there that no record names. So a crash between any two steps is repaired,
 * and no object is deleted by a guess.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'

/** A place to look at. */
export interface FileSweep {
  readonly id: string
  /** The key of an object, or the beginning of several. */
  readonly prefix: string
}

/** A place of which some may have been looked at. */
export interface DueSweep extends FileSweep {
  /** The last key that was looked at; empty before the first. */
  readonly reached: string
}

/** The time a reserved key is kept: longer than any upload takes. */
const patienceSeconds = 60 * 60

/** The time an unfinished sweep waits, so that others run first. */
const pauseSeconds = 60

/** The statement that says which objects are about to be stored, before they are. */
export function reserveKeys(sweeps: readonly FileSweep[], now: Date): SQL {
  const due = unixSeconds(now) + patienceSeconds
  return sql`INSERT INTO "_file_sweeps" ("id", "prefix", "due")
    SELECT value ->> 'id', value ->> 'prefix', ${due} FROM json_each(${JSON.stringify(sweeps)})`
}

/** True while no reserved object can have been deleted. */
export function reservationsHold(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`(SELECT count(*) FROM "_file_sweeps" WHERE "due" > ${unixSeconds(now)}
    AND "id" IN (SELECT value FROM json_each(${idsOf(sweeps)}))) = ${sweeps.length}`
}

/** The statement that forgets places: what was announced there has its record, or nothing is left. */
export function forgetSweeps(sweeps: readonly Pick<FileSweep, 'id'>[]): SQL {
  return sql`DELETE FROM "_file_sweeps" WHERE "id" IN (SELECT value FROM json_each(${idsOf(sweeps)}))`
}

/**
 * The statement that has places looked at now: what was announced there gets no record. One that was
 * forgotten meanwhile is looked at again.
 */
export function expediteSweeps(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`INSERT INTO "_file_sweeps" ("id", "prefix", "due")
    SELECT value ->> 'id', value ->> 'prefix', ${unixSeconds(now)}
    FROM json_each(${JSON.stringify(sweeps)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "due" = excluded."due", "reached" = ''`
}

/** The statement that forgets places after a look, save what was announced there again meanwhile. */
export function deleteSwept(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`${forgetSweeps(sweeps)} AND "due" <= ${unixSeconds(now)}`
}

/**
 * The statement that has places looked at later from where a run came to, save what was announced
 * there again meanwhile.
 */
export function resumeSweeps(sweeps: readonly DueSweep[], now: Date): SQL {
  return sql`UPDATE "_file_sweeps"
    SET "due" = ${unixSeconds(now) + pauseSeconds}, "reached" = "run"."value" ->> 'reached'
    FROM json_each(${JSON.stringify(sweeps)}) AS "run"
    WHERE "_file_sweeps"."id" = "run"."value" ->> 'id' AND "due" <= ${unixSeconds(now)}`
}

/**
 * The statement that gives up what was announced under a prefix and is overdue. From then on nothing
 * can name it any more, whatever the clocks of others say.
 */
export function expireReservations(prefix: string, now: Date): SQL {
  return sql`UPDATE "_file_sweeps" SET "due" = 0 WHERE "due" <= ${unixSeconds(now)} AND ${isUnder(prefix)}`
}

/** The statement that has every place looked at that a query gives as `prefix`. */
export function sweepAll(prefixes: SQL, now: Date): SQL {
  return sql`INSERT INTO "_file_sweeps" ("id", "prefix", "due")
    SELECT lower(hex(randomblob(10))), "prefix", ${unixSeconds(now)} FROM (${prefixes})`
}

/** Marks the rows of files that are loaded, in whatever number, for records that come later. */
const later = 'later:'
const isLater = sql`substr("id", 1, ${later.length}) = ${later}`

/** The statement that has places looked at after a day: what is stored there meanwhile may get no record. */
export function sweepLater(prefixes: readonly string[], now: Date): SQL {
  return sql`INSERT INTO "_file_sweeps" ("id", "prefix", "due")
    SELECT ${later} || value, value, ${unixSeconds(now) + 24 * patienceSeconds}
    FROM json_each(${JSON.stringify(prefixes)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "due" = excluded."due", "reached" = ''`
}

/** The statement that takes {@link sweepLater} back. */
export const forgetLaterSweeps: SQL = sql`DELETE FROM "_file_sweeps" WHERE ${isLater}`

/** The places that are due, the oldest first, each with how far it was looked at. */
export function dueSweeps(now: Date, count: number): SQL {
  return sql`SELECT "id", "prefix", "reached" FROM "_file_sweeps" WHERE "due" <= ${unixSeconds(now)}
    ORDER BY "due" LIMIT CAST(${count} AS INTEGER)`
}

/**
 * The reservations under a prefix, as `prefix`: keys, and the beginnings of those that
 * {@link sweepLater} waits for.
 */
export function announcedUnder(prefix: string, now: Date): SQL {
  const isWithin = sql`(${isLater} AND substr(${prefix}, 1, length("prefix")) = "prefix")`
  return sql`SELECT "prefix" FROM "_file_sweeps"
    WHERE "due" > ${unixSeconds(now)} AND (${isUnder(prefix)} OR ${isWithin})`
}

function isUnder(prefix: string): SQL {
  // The character after the last of a key: all that begin with the prefix lie between the two.
  return sql`"prefix" >= ${prefix} AND "prefix" < ${`${prefix}\u{10ffff}`}`
}

function idsOf(sweeps: readonly Pick<FileSweep, 'id'>[]): string {
  return JSON.stringify(sweeps.map(({ id }) => id))
}
