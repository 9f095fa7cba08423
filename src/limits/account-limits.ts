/*
 * Limits on guessing a secret of one account, from any number of addresses. Two buckets of failures
 * (`failures.ts`) protect an account: one for each network, and one for all networks that the
 * account does not trust, together. A sign-in makes a network trusted, and from then on only its
 * own bucket counts there. So guessing from many addresses slows down all clients except the owner
 * at home.
 *
 * An account is counted by the name from the client, whether it exists or not, so limits do not
 * reveal which accounts exist.
 */
import { type SQL, sql } from 'drizzle-orm'
import {
  addFailure,
  blockedUntil,
  emptyBucket,
  type FailureBucket,
  isTrusted,
  trustNetworks,
  takeBackFailure,
} from './failures.ts'

/** An attempt at a secret: the account, the kind of secret and the network. */
export interface AccountAttempt {
  /** The kind of secret, by the tag of its route. Each kind is counted separately. */
  readonly purpose: string
  readonly collectionId: string
  /** An identity, an address or an id, as sent by the client. */
  readonly account: string
  /** The block of the client's address. */
  readonly network: string
}

/** The limit of an attempt. */
export interface AccountLimit {
  readonly network: FailureBucket
  readonly anywhere: FailureBucket
  /** True if the account trusts the network; evaluated in the database. */
  readonly isTrustedNetwork: SQL
}

/** The number of failures without delay. */
export interface Capacity {
  readonly network: number
  readonly anywhere: number
}

/**
 * A person mistypes a password a few times, and even a common one withstands hundreds of guesses.
 */
export const secretCapacity: Capacity = { network: 10, anywhere: 50 }

/** Requests for mails are no failures, but a nuisance. */
export const mailCapacity: Capacity = { network: 5, anywhere: 20 }

/** A code of few digits withstands fewer guesses than a password. */
export const codeCapacity: Capacity = { network: 10, anywhere: 10 }

const capacities: Readonly<Record<string, Capacity>> = {
  requestOTP: mailCapacity,
  requestVerification: mailCapacity,
  requestPasswordReset: mailCapacity,
  requestEmailChange: mailCapacity,
  authWithOTP: codeCapacity,
}

/** The limit of an attempt. */
export async function accountLimit(attempt: AccountAttempt, now: Date): Promise<AccountLimit> {
  const { purpose, collectionId, account, network } = attempt
  const capacity = capacities[purpose] ?? secretCapacity
  const name = accountName(account)
  return {
    network: {
      key: `${purpose}:${await digest([collectionId, name, network])}`,
      capacity: capacity.network,
    },
    anywhere: {
      key: `${purpose}:${await digest([collectionId, name])}`,
      capacity: capacity.anywhere,
    },
    isTrustedNetwork: isTrusted(await networkKey(collectionId, account, network), now),
  }
}

/** The time, in Unix seconds, until which the limit blocks attempts; NULL if it does not. */
export function limitedUntil(
  { network, anywhere, isTrustedNetwork }: AccountLimit,
  now: Date,
): SQL {
  const elsewhere = sql`CASE WHEN ${isTrustedNetwork} THEN NULL ELSE ${blockedUntil(anywhere, now)} END`
  return sql`nullif(max(ifnull(${blockedUntil(network, now)}, 0), ifnull(${elsewhere}, 0)), 0)`
}

/** The statements that count an attempt as failed, before its outcome is known. */
export function countFailure(
  { network, anywhere, isTrustedNetwork }: AccountLimit,
  now: Date,
): SQL[] {
  return [
    addFailure(network, now, sql`TRUE`),
    addFailure(anywhere, now, sql`NOT ${isTrustedNetwork}`),
  ]
}

/**
 * The statements that take the count of a successful attempt back, and make the account trust the
 * network under each of its names.
 */
export async function countSuccess(
  limit: AccountLimit,
  { collectionId, account, network }: AccountAttempt,
  otherNames: readonly string[],
  now: Date,
): Promise<SQL[]> {
  const names = [...new Set([account, ...otherNames].filter((name) => name !== ''))]
  const networks = await Promise.all(names.map((name) => networkKey(collectionId, name, network)))
  return [
    emptyBucket(limit.network),
    takeBackFailure(limit.anywhere, sql`NOT ${limit.isTrustedNetwork}`),
    trustNetworks(networks, now),
  ]
}

async function networkKey(collectionId: string, account: string, network: string): Promise<string> {
  return await digest(['place', collectionId, accountName(account), network])
}

/**
 * The same string for all spellings that the database may find an account by: columns may ignore
 * case, and numeric ones accept any notation of a number.
 */
function accountName(account: string): string {
  const number = account.trim() === '' ? Number.NaN : Number(account)
  return (Number.isNaN(number) ? account : String(number)).toLowerCase()
}

/**
 * A digest that hides the name, because users type all sorts of things into a form, including
 * passwords.
 */
async function digest(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...hash.slice(0, 18)))
}
