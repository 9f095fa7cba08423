/*
 * The prefixes of the bucket to sweep. No transaction spans a database and a bucket, so a row is
 * written beforehand, or in the same batch as a change, wherever a file may be orphaned. A sweep
 * later deletes the objects that no record names. So a crash between any two steps is repaired, and
 * no object is deleted by a guess.
 */
import { type SQL, sql } from 'drizzle-orm'
import { unixSeconds } from '#kernel/dates.ts'
import { integer } from './integer.ts'
import { fileSweepsTable } from './schema.ts'

/** A prefix to sweep. */
export interface FileSweep {
  readonly id: string
  /** The key of an object, or a common prefix of several. */
  readonly prefix: string
}

/** A prefix that may be partly swept. */
export interface DueSweep extends FileSweep {
  /** The last key that was checked; empty before the first. */
  readonly reached: string
}

/** The lifetime of a reservation: longer than any upload takes. */
const patienceSeconds = 60 * 60

/** The time an unfinished sweep waits, so that others run first. */
const pauseSeconds = 60

/** The statement that reserves keys before objects are stored under them. */
export function reserveKeys(sweeps: readonly FileSweep[], now: Date): SQL {
  const due = unixSeconds(now) + patienceSeconds
  return sql`INSERT INTO ${fileSweepsTable} ("id", "prefix", "due")
    SELECT value ->> 'id', value ->> 'prefix', ${due} FROM json_each(${JSON.stringify(sweeps)})`
}

/** True while no reserved object can have been deleted. */
export function reservationsHold(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`(SELECT count(*) FROM ${fileSweepsTable} WHERE "due" > ${unixSeconds(now)}
    AND "id" IN (SELECT value FROM json_each(${idsOf(sweeps)}))) = ${sweeps.length}`
}

/** The statement that deletes sweeps: a record names the reserved objects, or there are none. */
export function forgetSweeps(sweeps: readonly Pick<FileSweep, 'id'>[]): SQL {
  return sql`DELETE FROM ${fileSweepsTable} WHERE "id" IN (SELECT value FROM json_each(${idsOf(sweeps)}))`
}

/**
 * The statement that makes sweeps due now, because no record will name the reserved objects.
 * Deleted sweeps are inserted again.
 */
export function expediteSweeps(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`INSERT INTO ${fileSweepsTable} ("id", "prefix", "due")
    SELECT value ->> 'id', value ->> 'prefix', ${unixSeconds(now)}
    FROM json_each(${JSON.stringify(sweeps)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "due" = excluded."due", "reached" = ''`
}

/**
 * The statement that deletes finished sweeps, except prefixes that were reserved again meanwhile.
 */
export function deleteSwept(sweeps: readonly FileSweep[], now: Date): SQL {
  return sql`${forgetSweeps(sweeps)} AND "due" <= ${unixSeconds(now)}`
}

/**
 * The statement that continues sweeps later from a key, except prefixes that were reserved again
 * meanwhile.
 */
export function resumeSweeps(sweeps: readonly DueSweep[], now: Date): SQL {
  return sql`UPDATE ${fileSweepsTable}
    SET "due" = ${unixSeconds(now) + pauseSeconds}, "reached" = "run"."value" ->> 'reached'
    FROM json_each(${JSON.stringify(sweeps)}) AS "run"
    WHERE ${fileSweepsTable}."id" = "run"."value" ->> 'id' AND "due" <= ${unixSeconds(now)}`
}

/**
 * The statement that expires overdue reservations under a prefix. From then on no write can name
 * the keys, whatever the clocks of other machines.
 */
export function expireReservations(prefix: string, now: Date): SQL {
  return sql`UPDATE ${fileSweepsTable} SET "due" = 0 WHERE "due" <= ${unixSeconds(now)} AND ${isUnder(prefix)}`
}

/** The statement that sweeps every `prefix` of a query. */
export function sweepAll(prefixes: SQL, now: Date): SQL {
  return sql`INSERT INTO ${fileSweepsTable} ("id", "prefix", "due")
    SELECT lower(hex(randomblob(10))), "prefix", ${unixSeconds(now)} FROM (${prefixes})`
}

/** Marks the sweeps of a load, whose records come later. */
const later = 'later:'
const isLater = sql`substr("id", 1, ${later.length}) = ${later}`

/** The statement that sweeps prefixes after a day, because files stored there may get no record. */
export function sweepLater(prefixes: readonly string[], now: Date): SQL {
  return sql`INSERT INTO ${fileSweepsTable} ("id", "prefix", "due")
    SELECT ${later} || value, value, ${unixSeconds(now) + 24 * patienceSeconds}
    FROM json_each(${JSON.stringify(prefixes)}) WHERE TRUE
    ON CONFLICT ("id") DO UPDATE SET "due" = excluded."due", "reached" = ''`
}

/** The statement that cancels {@link sweepLater}. */
export const forgetLaterSweeps: SQL = sql`DELETE FROM ${fileSweepsTable} WHERE ${isLater}`

/** Selects the due sweeps, oldest first, with their progress. */
export function dueSweeps(now: Date, count: number): SQL {
  return sql`SELECT "id", "prefix", "reached" FROM ${fileSweepsTable} WHERE "due" <= ${unixSeconds(now)}
    ORDER BY "due" LIMIT ${integer(count)}`
}

/**
 * Selects the reservations under a prefix, as `prefix`: keys, and the prefixes of {@link
 * sweepLater}.
 */
export function announcedUnder(prefix: string, now: Date): SQL {
  const isWithin = sql`(${isLater} AND substr(${prefix}, 1, length("prefix")) = "prefix")`
  return sql`SELECT "prefix" FROM ${fileSweepsTable}
    WHERE "due" > ${unixSeconds(now)} AND (${isUnder(prefix)} OR ${isWithin})`
}

function isUnder(prefix: string): SQL {
  // The character after the last one of keys: all keys with the prefix are between the two.
  return sql`"prefix" >= ${prefix} AND "prefix" < ${`${prefix}\u{10ffff}`}`
}

function idsOf(sweeps: readonly Pick<FileSweep, 'id'>[]): string {
  return JSON.stringify(sweeps.map(({ id }) => id))
}
