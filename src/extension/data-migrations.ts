/*
 * Changes of data that go with a change of definitions. Each runs once per deployment, in order and in
 * steps. The cursor of a step is written in the batch of its rows, so a step happens completely or not
 * at all. The state of a migration is its entry in the history of definitions, and travels with it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { ExtensionJob } from '#app.ts'
import { abortUnless } from '#database/abort.ts'
import { one } from '#database/query.ts'
import { catalogRevisionTable, schemaHistoryTable } from '#database/schema.ts'
import { formatDate } from '#kernel/dates.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from './actor.ts'
import type { AreteCore } from './arete.ts'
import {
  type BatchWriter,
  commitSteps,
  ReadChanged,
  readChanged,
  type Step,
  writerTo,
} from './batch.ts'
import { type CoreParts, createCore } from './core.ts'
import { within } from './time-limit.ts'

/** A change of data that runs once. */
export interface DataMigration {
  /** Names it for good: what has run under this id does not run again. */
  readonly id: string
  /**
   * One step: reads what it needs, adds its writes to `tx`, and returns where the next one begins;
   * nothing when all is done. The writes and the cursor are committed together, after the step. It may
   * run again if it fails before, and takes 20 seconds at most.
   */
  run(arete: AreteCore, step: DataStep): Promise<string | undefined> | Promise<void>
}

/** A step of a {@link DataMigration}. */
export interface DataStep {
  /** The cursor that the step before returned; undefined for the first one. */
  readonly cursor: string | undefined
  /** Collects the writes, at most 200. */
  readonly tx: BatchWriter
}

const stepMilliseconds = 20_000
/** The time in which a scheduled run starts steps: the next one comes after a minute. */
const scheduledMilliseconds = 45_000
const maxFailures = 5
const maxErrorLength = 500

/** The state of a migration, as the change of its entry. */
interface State {
  readonly kind: 'data.migrate'
  readonly collection: ''
  readonly id: string
  readonly state: 'running' | 'done' | 'failed'
  readonly cursor?: string
  readonly failures: number
  readonly error?: string
}

interface Stored {
  readonly text: string
  readonly state: State
  readonly revision: number
}

/**
 * The job that runs the migrations of an application; none without any.
 *
 * @throws {Error} For an id that is not one, or is there twice.
 */
export function dataMigrationJobs(
  parts: CoreParts,
  migrations: readonly DataMigration[],
): readonly ExtensionJob[] {
  if (migrations.length === 0) return []
  const ids = new Set<string>()
  for (const { id } of migrations) {
    if (!/^\w[\w-]{0,99}$/.test(id)) throw new Error(`"${id}" is not an id of a data migration.`)
    if (ids.has(id)) throw new Error(`There are two data migrations with the id "${id}".`)
    ids.add(id)
  }
  return [
    {
      id: '__areteDataMigrations__',
      expression: '* * * * *',
      run: async (services) => await runMigrations(parts, migrations, services),
    },
  ]
}

/** Runs what has not run, in order. One that fails stops those after it. */
async function runMigrations(
  parts: CoreParts,
  migrations: readonly DataMigration[],
  services: DeploymentServices,
): Promise<void> {
  const deadline = Date.now() + scheduledMilliseconds
  for (const migration of migrations) {
    for (;;) {
      const { stored, revision } = await find(services, migration.id)
      if (stored?.state.state === 'done') break
      // A change of the definitions may have mended what it failed for.
      const isGivenUp = stored?.state.state === 'failed' && stored.revision === revision
      if (isGivenUp || Date.now() >= deadline) return
      if (!(await step(parts, migration, services, stored))) return
    }
  }
}

/** Runs a step. Returns false if another isolate did. @throws What the step throws. */
async function step(
  parts: CoreParts,
  migration: DataMigration,
  services: DeploymentServices,
  stored: Stored | undefined,
): Promise<boolean> {
  const { id } = migration
  const cursor = stored?.state.cursor
  const known = { kind: 'data.migrate', collection: '', id } as const
  try {
    const steps: Step[] = []
    const now = new Date()
    const work = migration.run(
      createCore(parts, () => services, now),
      { cursor, tx: writerTo(steps, parts.tasks) },
    )
    const next = (await within<string | undefined | void>(stepMilliseconds, work)) ?? undefined
    await commit(services, stored, steps, {
      ...known,
      state: next === undefined ? 'done' : 'running',
      ...(next === undefined ? {} : { cursor: next }),
      failures: 0,
    })
    return true
  } catch (error) {
    if (error instanceof ReadChanged) return false
    const before = stored?.state.state === 'failed' ? 0 : (stored?.state.failures ?? 0)
    const failures = before + 1
    const message = error instanceof Error ? error.message : String(error)
    await commit(services, stored, [], {
      ...known,
      state: failures >= maxFailures ? 'failed' : 'running',
      ...(cursor === undefined ? {} : { cursor }),
      failures,
      error: message.slice(0, maxErrorLength),
    })
    throw error
  }
}

async function find(
  { transactor }: DeploymentServices,
  id: string,
): Promise<{ readonly stored: Stored | undefined; readonly revision: number }> {
  return await transactor.read(({ catalog }) =>
    one(
      sql`SELECT "changes", "revision" FROM ${schemaHistoryTable} WHERE "digest" = ${digestOf(id)}`,
      ([row]) => ({ stored: row && storedOf(row), revision: catalog.revision }),
    ),
  )
}

function storedOf({ changes, revision }: Readonly<Record<string, unknown>>): Stored {
  const text = String(changes)
  const [state] = JSON.parse(text) as [State]
  return { text, state, revision: Number(revision) }
}

/** Commits the writes of a step with the state after it, unless the state has changed meanwhile. */
async function commit(
  services: DeploymentServices,
  stored: Stored | undefined,
  steps: readonly Step[],
  next: State,
): Promise<void> {
  const digest = digestOf(next.id)
  const current = sql`(SELECT "changes" FROM ${schemaHistoryTable} WHERE "digest" = ${digest})`
  await commitSteps(deploymentActor(services), steps, [
    abortUnless(sql`${current} IS ${stored?.text ?? null}`, readChanged),
    ...store(digest, next),
  ])
}

function store(digest: string, state: State): SQL[] {
  const text = JSON.stringify([state])
  const revision = sql`(SELECT "revision" FROM ${catalogRevisionTable})`
  return [
    sql`INSERT INTO ${schemaHistoryTable} ("at", "source", "revision", "digest", "changes")
      SELECT '', 'data', 0, ${digest}, '' WHERE NOT EXISTS (SELECT 1 FROM ${schemaHistoryTable} WHERE "digest" = ${digest})`,
    sql`UPDATE ${schemaHistoryTable} SET "at" = ${formatDate(new Date())}, "revision" = ${revision}, "changes" = ${text}
      WHERE "digest" = ${digest}`,
  ]
}

/** The digest of a plan is hexadecimal, so it is none of these. */
function digestOf(id: string): string {
  return `data:${id}`
}
