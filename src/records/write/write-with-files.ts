/*
 * Writes of records and of their files. The bucket takes part in no transaction, so a write with
 * files has three steps: a batch that refuses what is refused and announces the rest, the files, and
 * the batch that writes. Whatever ends in between is found by its announcement.
 */
import type { SQL } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, constant, map, type Plan } from '#database/query.ts'
import { abortUnless } from '#database/abort.ts'
import {
  reserveKeys,
  reservationsHold,
  type FileSweep,
  forgetSweeps,
  expediteSweeps,
} from '#database/file-sweeps.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import type { FileStore, NewFile } from './file-store.ts'

/** A file that is to become a value of a record. */
export interface RecordFile extends NewFile {
  /** Whether the record is sure to name it once it is written; the stored value may win over it. */
  readonly isNamed: boolean
}

/** A plan that may come with files. */
export interface FilePlan<T> extends Plan<T> {
  /** The statements that ask before anything is written, and can be run by themselves. */
  readonly preconditions: readonly SQL[]
  /** What has to be in the bucket before the statements run. */
  readonly files: readonly RecordFile[]
  /** Whether the statements may leave files behind that no record names. */
  readonly mayOrphanFiles: boolean
}

interface Ports {
  readonly transactor: Transactor
  readonly fileStore: FileStore
}

/** A plan whose files are announced. */
interface Announced<T> {
  readonly scope: PlanContext
  readonly plan: FilePlan<T>
  readonly sweeps: readonly FileSweep[]
}

type Outcome<T> =
  | { readonly answer: T; readonly mayOrphanFiles: boolean }
  | { readonly announced: Announced<T> }

/** A definition that changes while files are stored makes for another try. */
const maxAttempts = 3

/**
 * Runs a write, with its files if it has any.
 *
 * Database: 1 batch, 2 with files.
 *
 * @throws {ApiError} As the plan; `unavailable` when definitions keep changing
 */
export async function writeWithFiles<T>(
  { transactor, fileStore }: Ports,
  planner: (scope: PlanContext) => Promise<FilePlan<T>> | FilePlan<T>,
): Promise<T> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const first = await transactor.write(async (scope) => firstStep(scope, await planner(scope)))
    const outcome = 'answer' in first ? first : await secondStep(first.announced)
    if (outcome === undefined) continue
    if (outcome.mayOrphanFiles) fileStore.sweep()
    return outcome.answer
  }
  throw new ApiError(commonErrors.unavailable)

  async function secondStep(announced: Announced<T>) {
    const { plan, sweeps } = announced
    try {
      await fileStore.put(plan.files)
      let isPlanned = false
      const written = await transactor.write((now) => {
        // What is asked for again is to be planned anew, announced files included.
        const step = isPlanned ? planAnew : writingStep(announced, now)
        isPlanned = true
        return step
      })
      if (written !== undefined) {
        const mayOrphanFiles = plan.mayOrphanFiles || plan.files.some(({ isNamed }) => !isNamed)
        return { answer: written.answer, mayOrphanFiles }
      }
    } catch (error) {
      fileStore.discard(sweeps)
      throw error
    }
    fileStore.discard(sweeps)
    return undefined
  }
}

function firstStep<T>(scope: PlanContext, plan: FilePlan<T>): Plan<Outcome<T>> {
  const { preconditions, files, mayOrphanFiles } = plan
  if (files.length === 0) {
    return { ...plan, ...map(plan, async (answer) => ({ answer: await answer, mayOrphanFiles })) }
  }
  const sweeps = files.map(({ key }) => ({ id: newId(), prefix: key }))
  const { errorFor, explain } = plan
  const announced = constant({ announced: { scope, plan, sweeps } })
  return {
    ...after([...preconditions, reserveKeys(sweeps, scope.now)], announced),
    ...(errorFor && { errorFor }),
    ...(explain && { explain }),
  }
}

const planAnew: Plan<undefined> = constant(undefined)

/** The batch that writes, unless it was planned with what is no longer so. */
function writingStep<T>(
  { scope, plan, sweeps }: Announced<T>,
  now: PlanContext,
): Plan<{ answer: T } | undefined> {
  if (now.catalog !== scope.catalog || now.caller?.sessionId !== scope.caller?.sessionId) {
    return planAnew
  }
  const guard = abortUnless(reservationsHold(sweeps, now.now), sweptMessage)
  const writing = after([guard], plan, release(plan, sweeps, now.now))
  return {
    ...map(writing, async (answer) => ({ answer: await answer })),
    errorFor: async (failure) => {
      const isSwept = failure.kind === 'aborted' && failure.message === sweptMessage
      if (isSwept) return new ApiError(commonErrors.unavailable)
      return (await plan.errorFor?.(failure)) ?? new ApiError(commonErrors.badRequest)
    },
  }
}

/** What is named is no longer to be looked at; what may not be is looked at now. */
function release<T>(
  { files }: FilePlan<T>,
  sweeps: readonly FileSweep[],
  now: Date,
): readonly SQL[] {
  const [named, others] = [true, false].map((isNamed) =>
    sweeps.filter((_, at) => files[at]?.isNamed === isNamed),
  )
  return [
    ...(named && named.length > 0 ? [forgetSweeps(named)] : []),
    ...(others && others.length > 0 ? [expediteSweeps(others, now)] : []),
  ]
}

const sweptMessage = 'arete:files-swept'
