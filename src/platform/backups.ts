/*
 * Where backups are written and restored: one place of a deployment, that outlives requests.
 */

/** A task for the runner. */
export interface BackupTask {
  readonly kind: 'create' | 'restore'
  /** Of the object in the bucket. */
  readonly key: string
  /** The number of scheduled backups to keep; set on a scheduled backup only. */
  readonly keep?: number
}

/** The outcome of a task. */
export type BackupOutcome = 'done' | 'failed' | 'running'

/** Does one backup or restore at a time. */
export interface BackupRunner {
  /** The task that is being done. */
  current(): Promise<BackupTask | undefined>
  /** Takes a task on; `busy` while there is another. */
  start(task: BackupTask, afterMilliseconds?: number): Promise<'started' | 'busy'>
  /** Resolves when what is being done has ended, or after a minute. */
  wait(): Promise<BackupOutcome>
}
