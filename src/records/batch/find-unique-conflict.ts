/*
 * Finds the request of a batch that a unique index rejected. The database names the index but not
 * the statement. If several requests write to its collection, a part of the batch is run again and
 * undone.
 */
import { sql } from 'drizzle-orm'
import type { Transactor } from '#catalog/transact.ts'
import { after, list, map, type Plan } from '#database/query.ts'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { type PlannedRequest, writesOf } from './planned-request.ts'
import { fieldsViolatedBy } from '#records/write/record-write.ts'

/** The request whose record conflicts. */
export interface Duplicate {
  readonly position: number
  /** The error of the request by itself. */
  readonly refusal: ApiError
}

/**
 * Finds the request whose record a unique index rejected; undefined if no request explains it.
 *
 * Database: none if only one request is possible, else a batch for each bisection of the possible
 * ones.
 */
export async function findDuplicate(
  transactor: Transactor,
  planned: readonly PlannedRequest[],
  failure: BatchFailure,
): Promise<Duplicate | undefined> {
  let suspects = [...planned.keys()].filter((position) => {
    const item = planned[position]
    if (!item || !('write' in item)) return false
    return fieldsViolatedBy(item.collection, item.write, failure) !== undefined
  })
  while (suspects.length > 1) {
    const middle = suspects.length >> 1
    const last = suspects[middle - 1] ?? 0
    const isInnocent = await dryRun(transactor, planned.slice(0, last + 1))
    suspects = isInnocent ? suspects.slice(middle) : suspects.slice(0, middle)
  }
  const position = suspects[0] ?? -1
  const item = planned[position]
  if (!item || !('write' in item)) return undefined
  const fields = fieldsViolatedBy(item.collection, item.write, failure) ?? []
  return { position, refusal: item.write.notUnique(fields) }
}

/** The abort message after a dry run of a part of a batch. */
const rehearsedMessage = 'batch:rehearsed'

/** Returns true if the requests would succeed, and undoes them. Database: 1 batch. */
async function dryRun(
  transactor: Transactor,
  planned: readonly PlannedRequest[],
): Promise<boolean> {
  let isRehearsed = false
  const end = abortWith(sql`${rehearsedMessage}`)
  const undone = new ApiError(commonErrors.badRequest)
  const writes = list(writesOf(planned).map(({ write }) => write))
  const plan: Plan<never> = {
    ...map(after([], writes, [end]), () => {
      throw undone
    }),
    errorFor: (failure) => {
      isRehearsed = failure.kind === 'aborted' && failure.message === rehearsedMessage
      return undone
    },
  }
  await transactor
    .write(() => plan)
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
  return isRehearsed
}
