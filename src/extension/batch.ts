/*
 * Several writes in one transaction, and transactions that depend on what they read. D1 has no
 * interactive ones: what was read is guarded, and if it has changed, the function runs again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { abortUnless, type BatchFailure } from '#database/abort.ts'
import { constant, list, map, rowsOf } from '#database/query.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { accessTo } from '#records/access.ts'
import { recordErrors } from '#records/errors.ts'
import { internalName } from '#records/identifiers.ts'
import { guestRequest, requestInfoOf } from '#records/request-info.ts'
import { selectStored, type StoredRecord } from '#records/stored-record.ts'
import {
  fieldsViolatedBy,
  isChangedMeanwhile,
  readGuard,
  type RecordWrite,
  WriteBuilder,
} from '#records/write/record-write.ts'
import { type FilePlan, writeWithFiles } from '#records/write/write-with-files.ts'
import type { Actor } from './actor.ts'
import { type BoundFilter, filterText } from './filter-text.ts'
import type { RecordData } from './record-data.ts'
import {
  type AreteRecord,
  type PlanOperation,
  prepareWrite,
  type RecordOperation,
  type WriteOptions,
} from './records.ts'
import {
  type Enqueue,
  type EnqueueOptions,
  type EnqueueStep,
  enqueueStep,
  planEnqueue,
} from './tasks/enqueue.ts'
import type { AnyTask } from './tasks/task.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'

/** Collects the writes of a batch. Nothing is written before the function has returned. */
export interface BatchWriter {
  /** Returns the id of the new record. */
  create(collection: string, data: RecordData, options?: WriteOptions): string
  update(collection: string, id: string, data: RecordData, options?: WriteOptions): void
  delete(collection: string, id: string, options?: Pick<WriteOptions, 'hooks'>): void
  /**
   * Fails the batch with a message unless the record fulfils a condition, in the language of rules,
   * when the batch gets here.
   */
  require(collection: string, id: string, condition: string | BoundFilter, message?: string): void
  /** Enqueues a task, which runs if the batch is committed. */
  enqueue: Enqueue<void>
}

/** A transaction that reads before it writes. */
export interface Transaction extends BatchWriter {
  /** Reads a record. The transaction is run again if it changes before the end. */
  get(collection: string, id: string): Promise<AreteRecord>
}

const maxWrites = 200
const maxTransactAttempts = 5

/** A step of a batch. */
export type Step = RecordOperation | Requirement | EnqueueStep

/** Plans a step at a position. The same values are used whenever it is planned again. */
export type PlanStep = (...args: Parameters<PlanOperation>) => Promise<PlannedStep>

interface PlannedStep {
  /** Undefined for a task, which is in no collection. */
  readonly collection: Collection | undefined
  readonly write: RecordWrite
}

interface Requirement {
  readonly action: 'require'
  readonly name: string
  readonly id: string
  readonly condition: string
  readonly message: string
}

/** Runs the writes of a function in one transaction, and returns the written records in order. */
export async function runBatch(
  actor: Actor,
  tasks: TaskRegistry,
  collect: (tx: BatchWriter) => void | Promise<void>,
): Promise<(AreteRecord | undefined)[]> {
  const steps: Step[] = []
  await collect(writerTo(steps, tasks))
  return await commit(actor, steps, [])
}

/**
 * Runs a function that reads and writes as one transaction, up to five times.
 *
 * @throws {ApiError} `transactionConflict` if what it reads keeps changing
 */
export async function runTransaction<T>(
  actor: Actor,
  tasks: TaskRegistry,
  run: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < maxTransactAttempts; attempt++) {
    if (attempt > 0) await pause(attempt)
    const steps: Step[] = []
    const reads: StoredRecord[] = []
    const answer = await run({
      ...writerTo(steps, tasks),
      get: (name, id) => read(actor, reads, name, id),
    })
    try {
      await commit(actor, steps, reads)
      return answer
    } catch (error) {
      if (!(error instanceof ReadChanged)) throw error
    }
  }
  throw new ApiError(commonErrors.transactionConflict)
}

/** Something that a transaction has read was changed before its end. */
export class ReadChanged extends Error {
  override readonly name = 'ReadChanged'
}

async function pause(attempt: number): Promise<void> {
  const milliseconds = Math.random() * 20 * 2 ** attempt
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Writes steps into a list. */
export function writerTo(
  steps: Step[],
  tasks: TaskRegistry,
  makeId: () => string = newId,
): BatchWriter {
  const add = (step: Step): void => {
    if (steps.length >= maxWrites) throw new RangeError(`A batch takes at most ${maxWrites} steps.`)
    steps.push(step)
  }
  return {
    create(name, data, options) {
      const id = typeof data['id'] === 'string' && data['id'] !== '' ? data['id'] : makeId()
      add({ action: 'create', name, data: { ...data, id }, ...options })
      return id
    },
    update: (name, id, data, options) => add({ action: 'update', name, id, data, ...options }),
    delete: (name, id, options) => add({ action: 'delete', name, id, ...options }),
    require(name, id, condition, message = 'A condition of the batch does not hold.') {
      const text = filterText(typeof condition === 'string' ? { filter: condition } : condition)
      add({ action: 'require', name, id, condition: text, message })
    },
    enqueue: (wanted: string | AnyTask, payload?: unknown, options?: EnqueueOptions) =>
      add(enqueueStep(tasks, wanted, payload, options)),
  }
}

async function read(
  actor: Actor,
  reads: StoredRecord[],
  name: string,
  id: string,
): Promise<AreteRecord> {
  const stored = await actor.transactor.read((given) => {
    const context = actor.enter(given)
    const collection = context.catalog.collections.find(name)
    if (collection === undefined) throw new ApiError(recordErrors.collectionMissing)
    return selectStored(collection, id)
  })
  reads.push(stored)
  if (stored.record === undefined) throw new ApiError(commonErrors.notFound)
  return stored.record as AreteRecord
}

async function commit(
  actor: Actor,
  steps: readonly Step[],
  reads: readonly StoredRecord[],
): Promise<(AreteRecord | undefined)[]> {
  if (steps.length === 0 && reads.length === 0) return []
  return await commitSteps(
    actor,
    steps,
    reads.map(({ isUnchanged }) => abortUnless(isUnchanged, readChanged)),
  )
}

/**
 * Commits steps, after statements of the caller's own, in one transaction.
 *
 * @throws {ReadChanged} if one of the statements aborts with {@link readChanged}
 */
export async function commitSteps(
  actor: Actor,
  steps: readonly Step[],
  before: readonly SQL[],
): Promise<(AreteRecord | undefined)[]> {
  const prepared = await prepareSteps(actor, steps)
  const { transactor, fileStore } = actor
  return await writeWithFiles({ transactor, fileStore }, async (given) => {
    const planned: PlannedStep[] = []
    for (const [position, plan] of prepared.entries()) planned.push(await plan(given, { position }))
    return actor.guard(given, joined(planned, steps, before))
  })
}

/** Reads the values of steps, and returns how to plan each. */
export async function prepareSteps(
  actor: Actor,
  steps: readonly Step[],
): Promise<readonly PlanStep[]> {
  return await Promise.all(
    steps.map(async (step) => {
      if (step.action === 'require') return requirementPlanner(actor, step)
      if (step.action !== 'enqueue') return await prepareWrite(actor, step)
      await step.check()
      return enqueuePlanner(step)
    }),
  )
}

/** Plans to store a call of a task as a write of no record. */
function enqueuePlanner(step: EnqueueStep): PlanStep {
  return async (given, { position, mark }) => {
    const plan = new WriteBuilder(position, mark)
    plan.addQuery(planEnqueue(given, step))
    const write = plan.finish(commonErrors.badRequest, 204, constant(undefined))
    return await Promise.resolve({ collection: undefined, write })
  }
}

const systemInfo = guestRequest({ context: 'system', method: '', query: {}, headers: {} })

/** The message of a guard that found a change. */
export const readChanged = 'arete:read-changed'

function joined(
  planned: readonly PlannedStep[],
  steps: readonly Step[],
  before: readonly SQL[],
): FilePlan<(AreteRecord | undefined)[]> {
  const writes = planned.map(({ write }) => write)
  return {
    ...map(list<unknown>([rowsOf(before), ...writes]), ([, ...answers]) =>
      answers
        .filter((_, at) => isOfRecord(steps[at]))
        .map((answer) => (answer ?? undefined) as AreteRecord | undefined),
    ),
    // A later step may depend on the effects of earlier ones.
    preconditions: [],
    files: writes.flatMap(({ files }) => files),
    mayOrphanFiles: writes.some(({ mayOrphanFiles }) => mayOrphanFiles),
    isConflict: isChangedMeanwhile,
    errorFor: (failure) => {
      if (failure.kind === 'aborted' && failure.message === readChanged) return new ReadChanged()
      return stepError(planned, failure) ?? new ApiError(commonErrors.badRequest)
    },
  }
}

function isOfRecord(step: Step | undefined): boolean {
  return step?.action !== 'require' && step?.action !== 'enqueue'
}

function stepError(planned: readonly PlannedStep[], failure: BatchFailure): ApiError | undefined {
  const guard = readGuard(failure)
  if (guard !== undefined) return planned[guard.position]?.write.errorAt(guard.stage, guard.codes)
  for (const { collection, write } of planned) {
    if (collection === undefined) continue
    const fields = fieldsViolatedBy(collection, write, failure)
    if (fields !== undefined) return write.notUnique(fields)
  }
  return undefined
}

/** Plans a condition as a write that only checks. */
function requirementPlanner(
  actor: Actor,
  { name, id, condition, message }: Requirement,
): PlanOperation {
  return async (given, { position, mark }) => {
    const context = actor.enter(given)
    const { collections } = context.catalog
    const collection = collections.find(name)
    if (collection === undefined) throw new ApiError(recordErrors.collectionMissing)
    const alias = collection.name
    const access = accessTo(collections, requestInfoOf(context, systemInfo), {
      rule: { kind: 'open' },
      base: { collection, alias, where: sql`${sql.identifier(alias)}."id" = ${id}` },
      client: { filter: condition, sort: '', access: 'rule' },
      aliasPrefix: internalName('require_'),
    })
    if (!access.isGranted) throw new ApiError(access.error)
    const holds = sql`EXISTS (${access.with}SELECT 1 FROM ${sql.identifier(alias)} ${access.joins} WHERE ${access.where})`
    const refusal: ErrorSpec = { code: 'requirement_failed', status: 400, message }
    const plan = new WriteBuilder(position, mark)
    plan.require('requirement', holds, refusal)
    return await Promise.resolve({
      collection,
      write: plan.finish(refusal, 204, constant(undefined)),
    })
  }
}
