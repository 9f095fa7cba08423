/* The port that writes and restores backups: one runner per deployment, which outlives requests. */

/** A task for the runner. */
export interface BackupTask {
  readonly kind: 'create' | 'restore'
  /** The key in the bucket. */
  readonly key: string
  /** The number of scheduled backups to keep; set on a scheduled backup only. */
  readonly keep?: number
}

/** The outcome of a task. */
export type BackupOutcome = 'done' | 'failed' | 'running'

/** Does one backup or restore at a time. */
export interface BackupRunner {
  /** The running task. */
  current(): Promise<BackupTask | undefined>
  /** Starts a task; `busy` if another one is running. */
  start(task: BackupTask, afterMilliseconds?: number): Promise<'started' | 'busy'>
  /** Resolves when the running task ends, or after a minute. */
  wait(): Promise<BackupOutcome>
}
