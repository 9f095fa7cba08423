import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext, PlanHooks } from '#catalog/plan-context.ts'
import { runBatch } from '#database/batch.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { ApiError } from '#kernel/errors.ts'
import { recordErrors } from '#records/errors.ts'
import { selectStored, type StoredRecord } from '#records/stored-record.ts'
import { type AddedWrite, errorOfAdded } from '#records/write/record-write.ts'
import type { HookedOutcome, HookedWrite } from '#records/write/write-hooks.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from './actor.ts'
import { prepareSteps, type Step, writerTo } from './batch.ts'
import type { NamedHook } from './hook-registry.ts'
import type { BeforeChangeEvent, BeforeHook, HookFile } from './hooks.ts'
import { callerAccount } from './request-caller.ts'
import { recordsOf } from './records.ts'
import { runInOrder } from './run-in-order.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'
import { createSeededRandom, newSeed } from './seeded-random.ts'

/** Dependencies of running hooks. */
export interface BeforePorts {
  readonly services: () => DeploymentServices
  /** The hooks of the writes that hooks add. */
  readonly deeperHooks: () => PlanHooks
  /** True to run each hook twice, and to fail if the runs differ. */
  readonly isStrict: boolean
  readonly tasks: TaskRegistry
}

/** The results of running all hooks of a write once. */
interface Run {
  readonly data: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
  readonly refusal: ApiError | undefined
}

/**
 * Runs the hooks before a write, and plans what they add to it.
 *
 * Database: none, except for what hooks ask for.
 *
 * @throws {Error} In strict mode, if a hook does something else when it runs again.
 */
export async function runBeforeHooks(
  hooks: readonly NamedHook<BeforeHook<BeforeChangeEvent>>[],
  ports: BeforePorts,
  write: HookedWrite,
): Promise<HookedOutcome> {
  const seed = newSeed()
  const reading = storedReader(ports, write)
  const run = await runOnce(hooks, ports, write, seed, reading)
  if (ports.isStrict) {
    const again = await runOnce(hooks, ports, write, seed, reading)
    if (summary(run) !== summary(again)) {
      const names = hooks.map(({ name }) => name).join(', ')
      throw new Error(
        `A before hook has to do the same whenever it runs for a write, and one of ${names} does not.`,
      )
    }
  }
  const stored = await reading.made()
  const { set, dropped } = changesOf(write.data, run.data)
  return {
    set,
    dropped,
    unchanged: stored === undefined ? [] : [stored.isUnchanged],
    ...(run.refusal === undefined
      ? await planSteps(ports, write, run.steps)
      : { refusal: run.refusal, writes: [] }),
  }
}

async function runOnce(
  hooks: readonly NamedHook<BeforeHook<BeforeChangeEvent>>[],
  ports: BeforePorts,
  write: HookedWrite,
  seed: Uint32Array,
  reading: StoredReader,
): Promise<Run> {
  const data = copyOf(write.data)
  const steps: Step[] = []
  const event = eventOf(ports, write, { data, steps, seed, reading })
  const refusal = await runInOrder(hooks, event, failures[write.action].message)
  return { data, steps, refusal }
}

const failures = {
  create: recordErrors.createFailed,
  update: recordErrors.updateFailed,
  delete: recordErrors.deleteFailed,
}

/** Reads the stored record once, however often it is asked for. */
interface StoredReader {
  read(): Promise<StoredRecord>
  /** The record, if a hook has asked for it. */
  made(): Promise<StoredRecord | undefined>
}

function storedReader({ services }: BeforePorts, { collection, id }: HookedWrite): StoredReader {
  let reading: Promise<StoredRecord> | undefined
  return {
    read: () =>
      (reading ??= services().transactor.read(({ catalog }) => {
        // A definition that changed meanwhile has the write planned again.
        return selectStored(catalog.collections.find(collection.id) ?? collection, id)
      })),
    made: async () => await reading?.catch(() => undefined),
  }
}

interface EventState {
  readonly data: Record<string, unknown>
  readonly steps: Step[]
  readonly seed: Uint32Array
  readonly reading: StoredReader
}

function eventOf(
  { services, tasks }: BeforePorts,
  { context, collection, action, id, uploads, rule }: HookedWrite,
  { data, steps, seed, reading }: EventState,
): BeforeChangeEvent {
  const random = createSeededRandom(seed)
  return {
    action,
    collection: collection.name,
    id,
    data,
    files: uploads.map(
      ({ field, name, originalName, sizeBytes, contentType, upload }): HookFile => ({
        field: field.name,
        name,
        originalName,
        sizeBytes,
        contentType,
        head: upload.head,
      }),
    ),
    caller: callerAccount(context),
    now: context.now,
    random: () => random.next(),
    batch: writerTo(steps, tasks, () => random.id()),
    read: (name) => recordsOf(deploymentActor(services()), name),
    allowed: () => isAllowed(services(), rule()),
    async stored() {
      const { record } = await reading.read()
      return record as Awaited<ReturnType<BeforeChangeEvent['stored']>>
    },
  }
}

async function isAllowed({ db }: DeploymentServices, rule: SQL | 'always'): Promise<boolean> {
  if (rule === 'always') return true
  const [rows] = await runBatch(db, [sql`SELECT (${rule}) IS TRUE AS "holds"`])
  return rows?.[0]?.['holds'] === 1
}

/** Plans the writes of hooks, for the deployment, in the batch of the write. */
async function planSteps(
  { services, deeperHooks }: BeforePorts,
  { context, request, action }: HookedWrite,
  steps: readonly Step[],
): Promise<Pick<HookedOutcome, 'refusal' | 'writes'>> {
  if (steps.length === 0) return { refusal: undefined, writes: [] }
  const scope: PlanContext = { ...context, caller: undefined, hooks: deeperHooks() }
  const writes: AddedWrite[] = []
  try {
    const prepared = await prepareSteps(deploymentActor(services()), steps)
    for (const [index, plan] of prepared.entries()) {
      const mark = `${request.mark ?? ''}x${index}_`
      const { write } = await plan(scope, { position: request.position, mark })
      writes.push({ mark, write })
    }
    return { refusal: undefined, writes }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { refusal: errorOfAdded(failures[action], error), writes: [] }
  }
}

function copyOf(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return dictionary(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? structuredClone(value) : value,
    ]),
  )
}

/** The body keys that hooks have set or removed. */
function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Pick<HookedOutcome, 'set' | 'dropped'> {
  const set = Object.entries(after).filter(
    ([key, value]) => value !== undefined && !(key in before && isSame(before[key], value)),
  )
  const dropped = Object.keys(before).filter((key) => after[key] === undefined)
  return { set: dictionary(set.map(([key, value]) => [key, plainOf(value)])), dropped }
}

function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true
  return typeof before === 'object' && typeof after === 'object'
    ? JSON.stringify(before) === JSON.stringify(after)
    : false
}

/** A value as a JSON body would have it, such as a date as text. */
function plainOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? (JSON.parse(JSON.stringify(value)) as unknown)
    : value
}

function summary({ data, steps, refusal }: Run): string {
  return JSON.stringify([data, steps, refusal?.code, refusal?.message, refusal?.issues])
}
