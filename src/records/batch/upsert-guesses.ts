/*
 * An upsert changes the record with its id, or makes it. Whether that record exists is read before a
 * batch is planned, but an earlier request of the batch may delete it by cascade. A guard checks the
 * guess where the upsert stands among the statements; if it is wrong, the batch is undone and planned
 * again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { after } from '#database/query.ts'
import { concatenation } from '#database/long-expressions.ts'
import type { PlannedRequest } from './planned-request.ts'

/** A guess that an earlier request of the batch may make wrong. */
export interface UpsertGuess {
  readonly position: number
  readonly collection: Collection
  readonly id: string
  readonly exists: boolean
}

/** The error of a batch that was planned with a wrong guess, and the truth by position. */
export class WrongGuess extends Error {
  readonly truth: ReadonlyMap<number, boolean>

  constructor(truth: ReadonlyMap<number, boolean>) {
    super('An upsert was planned with a wrong guess.')
    this.truth = truth
  }
}

/** Guesses that a guard reports at once; each takes parameters of the statement, which has a hundred. */
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

/** Undoes the batch if a guess is wrong; the message says how things are for the later ones, too. */
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

/** The error that a guard stands for; undefined if another statement undid the batch. */
export function readWrongGuess(failure: BatchFailure): WrongGuess | undefined {
  if (failure.kind !== 'aborted' || !failure.message.startsWith(prefix)) return undefined
  const facts = failure.message.slice(prefix.length).matchAll(/(\d+):([01]),/g)
  return new WrongGuess(new Map([...facts].map(([, at, fact]) => [Number(at), fact === '1'])))
}
