import { DurableObject } from 'cloudflare:workers'
import { SteppedBackupRunner } from '#backups/runner.ts'
import type { BackupOutcome, BackupRunner, BackupTask } from '#platform/backups.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { SettingsKeys } from '#settings/secrets.ts'

/** The object's environment. */
interface Environment extends SettingsKeys {
  readonly DB: Database
  readonly FILES: Bucket
}

/**
 * The Durable Object that writes and restores backups. There is a single one, and its alarms run
 * the steps.
 */
export class BackupObject extends DurableObject<Environment> implements BackupRunner {
  readonly #runner = new SteppedBackupRunner({
    db: this.env.DB,
    bucket: this.env.FILES,
    storage: this.ctx.storage,
    keys: this.env,
    schedule: async (milliseconds) => await this.ctx.storage.setAlarm(Date.now() + milliseconds),
  })

  override async alarm(): Promise<void> {
    await this.#runner.step()
  }

  async current(): Promise<BackupTask | undefined> {
    return await this.#runner.current()
  }

  async start(task: BackupTask, afterMilliseconds?: number): Promise<'started' | 'busy'> {
    return await this.#runner.start(task, afterMilliseconds)
  }

  async wait(): Promise<BackupOutcome> {
    return await this.#runner.wait()
  }
}

/** The single object of a namespace. */
export function createBackupRunner(namespace: DurableObjectNamespace<BackupObject>): BackupRunner {
  // Only a request may access an object.
  const object = () => namespace.getByName('backups')
  return {
    current: async () => await object().current(),
    start: async (task, afterMilliseconds) => await object().start(task, afterMilliseconds),
    wait: async () => await object().wait(),
  }
}
