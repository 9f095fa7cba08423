/*
 * Runs one backup or restore at a time, in steps. The state is stored, so the next invocation
 * continues. A step that fails is retried, and dropped if it keeps failing.
 */
import { portableSeeds } from '#auth/factors/portable-seeds.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { runBatch } from '#database/batch.ts'
import type { BackupOutcome, BackupRunner, BackupTask } from '#platform/backups.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { StepStorage } from '#platform/step-storage.ts'
import { formatDate } from '#kernel/dates.ts'
import { openSecrets, type SettingsKeys } from '#settings/secrets.ts'
import { type BackupContent, noContent } from './backup-report.ts'
import { nameOf, pruneBackups } from './backup-objects.ts'
import { stepRestore } from './restore-backup.ts'
import type { StepLimits } from './step-budget.ts'
import { endActivity, noteActivity } from './store.ts'
import { abandonBackup, stepBackup } from './write-backup.ts'
import { ZipError } from './zip-format.ts'

/** Dependencies of a runner. */
export interface RunnerPorts {
  readonly db: Database
  readonly bucket: Bucket
  readonly storage: StepStorage
  readonly keys: SettingsKeys
  /** Limits of a step. The default is what the platform allows. */
  readonly limits?: StepLimits
  /** Schedules a call of `step` after some milliseconds, even if this invocation fails. */
  readonly schedule: (milliseconds: number) => Promise<void>
}

interface Running {
  readonly task: BackupTask
  readonly attempts: number
  readonly started: string
  /** The reason of the last failed attempt. */
  readonly reason: string
}

/** The reason if an attempt ended together with its invocation. */
const unknownReason = 'Every attempt was aborted without an error.'

const runningKey = 'running'
/** Maximum attempts of a step, with increasing delays between them. */
const maxAttempts = 4
/** If a step does not finish, another one follows after this time. A step takes less. */
const watchMilliseconds = 15 * 60_000
/** Maximum time a request waits for the result. */
const maxWaitMilliseconds = 60_000

/** Runs tasks one at a time, in steps that the host calls. */
export class SteppedBackupRunner implements BackupRunner {
  readonly #ports: RunnerPorts
  #last: BackupOutcome = 'running'
  #waiting: ((outcome: BackupOutcome) => void)[] = []

  constructor(ports: RunnerPorts) {
    this.#ports = ports
  }

  async current(): Promise<BackupTask | undefined> {
    return (await this.#ports.storage.get<Running>(runningKey))?.task
  }

  async start(task: BackupTask, afterMilliseconds = 0): Promise<'started' | 'busy'> {
    const { storage, db, schedule } = this.#ports
    if ((await this.current()) !== undefined) return 'busy'
    const started = formatDate(new Date())
    const running: Running = { task, attempts: 0, started, reason: unknownReason }
    await storage.put({ [runningKey]: running })
    await schedule(watchMilliseconds)
    await runBatch(db, [noteActivity(task, new Date())])
    await schedule(afterMilliseconds)
    return 'started'
  }

  async wait(): Promise<BackupOutcome> {
    if ((await this.current()) === undefined) return this.#last
    return await new Promise((resolve) => {
      this.#waiting.push(resolve)
      setTimeout(() => resolve('running'), maxWaitMilliseconds)
    })
  }

  /** Runs the next step of the current task. */
  async step(): Promise<void> {
    const { storage, schedule } = this.#ports
    const running = await storage.get<Running>(runningKey)
    if (running === undefined) return
    // If this step dies, for example out of memory, it has used an attempt and another one follows.
    await schedule(watchMilliseconds)
    if (running.attempts >= maxAttempts) return await this.#giveUp(running)
    const attempts = running.attempts + 1
    await storage.put({ [runningKey]: { ...running, attempts } })
    try {
      const content = await this.#advance(running.task)
      if (content !== undefined) return await this.#end({ ...running, reason: '' }, content)
      await storage.put({ [runningKey]: { ...running, attempts: 0 } })
      await schedule(0)
    } catch (error) {
      this.#report(running.task, error)
      const failed: Running = { ...running, attempts, reason: reasonOf(error) }
      // Retrying does not repair a damaged archive.
      if (error instanceof ZipError) {
        await storage.put({ [runningKey]: { ...failed, attempts: maxAttempts } })
        return await this.#giveUp(failed)
      }
      await storage.put({ [runningKey]: failed })
      if (attempts >= maxAttempts) return await this.#giveUp(failed)
      await schedule(1000 * 2 ** attempts)
    }
  }

  async #giveUp(running: Running): Promise<void> {
    const { task } = running
    if (task.kind === 'create') {
      await abandonBackup(this.#ports, task.key).catch((failure: unknown) =>
        this.#report(task, failure),
      )
    }
    await this.#end(running, noContent)
  }

  /** Returns the content once the task is done. */
  async #advance({ kind, key, keep }: BackupTask): Promise<BackupContent | undefined> {
    const { db, bucket, storage, keys, limits } = this.#ports
    const catalog = await createCatalogCache().current(db)
    if (kind === 'restore') {
      return await stepRestore({ db, bucket, storage, catalog, keys, limits }, key)
    }
    const { settings, unreadable } = await openSecrets(keys, catalog.settings)
    if (unreadable.length > 0) {
      // oxlint-disable-next-line no-console -- a backup without them is better than none
      console.error({ backup: kind, key, withoutSecrets: unreadable })
    }
    const seeds = portableSeeds(keys)
    const content = await stepBackup({ db, bucket, storage, catalog, settings, seeds, limits }, key)
    if (content !== undefined && keep !== undefined) await pruneBackups(bucket, keep)
    return content
  }

  async #end({ task, started, reason }: Running, content: BackupContent): Promise<void> {
    const { db, storage } = this.#ports
    const outcome = reason === '' ? 'done' : 'failed'
    const now = new Date()
    const key = nameOf(task.key)
    const report = { key, started, ended: formatDate(now), outcome, reason, ...content } as const
    await runBatch(db, endActivity(task, report, now))
    await storage.deleteAll()
    this.#last = outcome
    for (const resolve of this.#waiting.splice(0)) resolve(outcome)
  }

  #report({ kind, key }: BackupTask, error: unknown): void {
    // oxlint-disable-next-line no-console -- no response is left to report it in
    console.error({ backup: kind, key, reason: reasonOf(error) })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'An error without a message.'
}
