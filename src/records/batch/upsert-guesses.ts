/*
 * An upsert updates the record with its id, or creates it. A lookup before the plan guesses which,
 * but an earlier request of the batch may delete the record by cascade. A guard at the upsert's
 * position checks the guess; if it is wrong, the batch is undone and planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { after } from '#database/query.ts'
import { concatenation } from '#database/long-expressions.ts'
import type { PlannedRequest } from './planned-request.ts'

/** A guess that an earlier request of the batch may invalidate. */
export interface UpsertGuess {
  readonly position: number
  readonly collection: Collection
  readonly id: string
  readonly exists: boolean
}

/** The error of a batch with a wrong guess, and the correct values by position. */
export class WrongGuess extends Error {
  readonly truth: ReadonlyMap<number, boolean>

  constructor(truth: ReadonlyMap<number, boolean>) {
    super('An upsert was planned with a wrong guess.')
    this.truth = truth
  }
}

/** Maximum guesses that a guard reports at once, since a statement has a hundred parameters. */
const maxReported = 20

/** Puts a guard before each upsert with a guess. */
export function guardGuesses(
  planned: readonly PlannedRequest[],
  guesses: readonly UpsertGuess[],
): PlannedRequest[] {
  const guards = new Map(guesses.map((guess, at) => [guess.position, guard(guess, guesses, at)]))
  return planned.map((item, position) => {
    const added = guards.get(position)
    if (added === undefined || !('write' in item)) return item
    return { ...item, write: after([added], item.write) }
  })
}

const prefix = 'batch:upserts:'

/** Undoes the batch if a guess is wrong. The message also has the correct values of later ones. */
function guard(guess: UpsertGuess, guesses: readonly UpsertGuess[], at: number): SQL {
  const facts = guesses
    .slice(at, at + maxReported)
    .map((reported) => sql`${`${reported.position}:`} || ${exists(reported)} || ','`)
  return abortWith(
    sql`CASE WHEN ${exists(guess)} IS NOT ${Number(guess.exists)} THEN ${prefix} || ${concatenation(facts)} END`,
  )
}

function exists({ collection, id }: UpsertGuess): SQL {
  return sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE "id" = ${id})`
}

/** Parses the error of a guard; undefined if another statement undid the batch. */
export function readWrongGuess(failure: BatchFailure): WrongGuess | undefined {
  if (failure.kind !== 'aborted' || !failure.message.startsWith(prefix)) return undefined
  const facts = failure.message.slice(prefix.length).matchAll(/(\d+):([01]),/g)
  return new WrongGuess(new Map([...facts].map(([, at, fact]) => [Number(at), fact === '1'])))
}
