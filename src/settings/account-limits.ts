/*
 * How often a secret of one account may be guessed, whatever the addresses it is guessed from. Two
 * buckets of failures (`database/failures.ts`) stand before an account: one for each place of the
 * network, and one for all places the account is not familiar with together. A place becomes
 * familiar by signing in from it, and from then on its own bucket alone counts there: so guessing
 * from everywhere slows down everybody but the owner at home.
 *
 * An account is what the client called it, whether it exists or not, so that limits do not tell.
 */
import { type SQL, sql } from 'drizzle-orm'
import {
  addFailure,
  delayedUntil,
  emptyBucket,
  type FailureBucket,
  isFamiliar,
  makeFamiliar,
  takeBackFailure,
} from '#database/failures.ts'

/** Whose secret is tried, how and from where. */
export interface AccountAttempt {
  /** The kind of secret, by the tag of its route; each kind is counted for itself. */
  readonly purpose: string
  readonly collectionId: string
  /** An identity, an address or an id, as the client gave it. */
  readonly account: string
  /** The block of the client's address. */
  readonly place: string
}

/** The limit one attempt is under. */
export interface AccountLimit {
  readonly place: FailureBucket
  readonly anywhere: FailureBucket
  /** Whether the account is familiar with the place; asked of the database. */
  readonly isAtHome: SQL
}

/** How many failures go without delay. */
export interface Capacity {
  readonly place: number
  readonly anywhere: number
}

/** A person mistypes a password a few times; hundreds of guesses are what a common one withstands. */
export const secretCapacity: Capacity = { place: 10, anywhere: 50 }

/** Mails asked for are no failures, but as tiresome. */
export const mailCapacity: Capacity = { place: 5, anywhere: 20 }

/** A code of few digits does not stand as many guesses as a password. */
export const codeCapacity: Capacity = { place: 10, anywhere: 10 }

const capacities: Readonly<Record<string, Capacity>> = {
  requestOTP: mailCapacity,
  requestVerification: mailCapacity,
  requestPasswordReset: mailCapacity,
  requestEmailChange: mailCapacity,
  authWithOTP: codeCapacity,
}

/** The limit of an attempt. */
export async function accountLimit(attempt: AccountAttempt, now: Date): Promise<AccountLimit> {
  const { purpose, collectionId, account, place } = attempt
  const capacity = capacities[purpose] ?? secretCapacity
  const name = accountName(account)
  return {
    place: {
      key: `${purpose}:${await digest([collectionId, name, place])}`,
      capacity: capacity.place,
    },
    anywhere: {
      key: `${purpose}:${await digest([collectionId, name])}`,
      capacity: capacity.anywhere,
    },
    isAtHome: isFamiliar(await placeKey(collectionId, account, place), now),
  }
}

/** The moment, in Unix seconds, until which the limit lets nobody in; NULL when it lets in. */
export function limitedUntil({ place, anywhere, isAtHome }: AccountLimit, now: Date): SQL {
  const elsewhere = sql`CASE WHEN ${isAtHome} THEN NULL ELSE ${delayedUntil(anywhere, now)} END`
  return sql`nullif(max(ifnull(${delayedUntil(place, now)}, 0), ifnull(${elsewhere}, 0)), 0)`
}

/** The statements that count an attempt as failed, until its success is known. */
export function countFailure({ place, anywhere, isAtHome }: AccountLimit, now: Date): SQL[] {
  return [addFailure(place, now, sql`TRUE`), addFailure(anywhere, now, sql`NOT ${isAtHome}`)]
}

/**
 * The statements that make good what an attempt that succeeded was counted for, and its place
 * familiar to the account under each of its names.
 */
export async function countSuccess(
  limit: AccountLimit,
  { collectionId, account, place }: AccountAttempt,
  otherNames: readonly string[],
  now: Date,
): Promise<SQL[]> {
  const names = [...new Set([account, ...otherNames].filter((name) => name !== ''))]
  const places = await Promise.all(names.map((name) => placeKey(collectionId, name, place)))
  return [
    emptyBucket(limit.place),
    takeBackFailure(limit.anywhere, sql`NOT ${limit.isAtHome}`),
    makeFamiliar(places, now),
  ]
}

async function placeKey(collectionId: string, account: string, place: string): Promise<string> {
  return await digest(['place', collectionId, accountName(account), place])
}

/**
 * The same text for all spellings by which the database may find one account: columns may ignore
 * case, and numeric ones take every notation of a number.
 */
function accountName(account: string): string {
  const number = account.trim() === '' ? Number.NaN : Number(account)
  return (Number.isNaN(number) ? account : String(number)).toLowerCase()
}

/** A key that shows nobody's address: people type all sorts of things into a form, passwords too. */
async function digest(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...hash.slice(0, 18)))
}
