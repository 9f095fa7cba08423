/*
 * Writes records and their files. The bucket is not part of a transaction, so a write with files
 * has three steps: a batch that checks the preconditions and reserves the keys, the files, and the
 * batch that writes. Whatever fails in between is cleaned up by its reservation.
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

/** A file that becomes a value of a record. */
export interface RecordFile extends NewFile {
  /** True if the record will certainly name it; otherwise the stored value may win. */
  readonly isNamed: boolean
}

/** A plan that may have files. */
export interface FilePlan<T> extends Plan<T> {
  /** The statements that only check and can run by themselves. */
  readonly preconditions: readonly SQL[]
  /** Files to store before the statements run. */
  readonly files: readonly RecordFile[]
  /** True if the statements may orphan files. */
  readonly mayOrphanFiles: boolean
}

interface Ports {
  readonly transactor: Transactor
  readonly fileStore: FileStore
}

/** A plan whose keys are reserved. */
interface Announced<T> {
  readonly context: PlanContext
  readonly plan: FilePlan<T>
  readonly sweeps: readonly FileSweep[]
}

type Outcome<T> =
  | { readonly answer: T; readonly mayOrphanFiles: boolean }
  | { readonly announced: Announced<T> }

/** Maximum attempts if definitions change while files are stored. */
const maxAttempts = 3

/**
 * Runs a write, with its files if it has any.
 *
 * Database: 1 batch, 2 with files.
 *
 * @throws {ApiError} As the plan; `unavailable` if definitions keep changing
 */
export async function writeWithFiles<T>(
  { transactor, fileStore }: Ports,
  planner: (context: PlanContext) => Promise<FilePlan<T>> | FilePlan<T>,
): Promise<T> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const first = await transactor.write(async (context) =>
      firstStep(context, await planner(context)),
    )
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
        // A repeated attempt is planned again, including reserved files.
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

function firstStep<T>(context: PlanContext, plan: FilePlan<T>): Plan<Outcome<T>> {
  const { preconditions, files, mayOrphanFiles } = plan
  if (files.length === 0) {
    return { ...plan, ...map(plan, async (answer) => ({ answer: await answer, mayOrphanFiles })) }
  }
  const sweeps = files.map(({ key }) => ({ id: newId(), prefix: key }))
  const { errorFor, explain, isConflict } = plan
  const announced = constant({ announced: { context, plan, sweeps } })
  return {
    ...after([...preconditions, reserveKeys(sweeps, context.now)], announced),
    ...(errorFor && { errorFor }),
    ...(isConflict && { isConflict }),
    ...(explain && { explain }),
  }
}

const planAnew: Plan<undefined> = constant(undefined)

/** The batch that writes, unless its plan is outdated. */
function writingStep<T>(
  { context, plan, sweeps }: Announced<T>,
  now: PlanContext,
): Plan<{ answer: T } | undefined> {
  if (now.catalog !== context.catalog || now.caller?.sessionId !== context.caller?.sessionId) {
    return planAnew
  }
  const guard = abortUnless(reservationsHold(sweeps, now.now), sweptMessage)
  const writing = after([guard], plan, release(plan, sweeps, now.now))
  return {
    ...map(writing, async (answer) => ({ answer: await answer })),
    ...(plan.isConflict && { isConflict: plan.isConflict }),
    errorFor: async (failure) => {
      const isSwept = failure.kind === 'aborted' && failure.message === sweptMessage
      if (isSwept) return new ApiError(commonErrors.unavailable)
      return (await plan.errorFor?.(failure)) ?? new ApiError(commonErrors.badRequest)
    },
  }
}

/** Deletes the reservations of named files, and sweeps the others now. */
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
