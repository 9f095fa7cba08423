import { type RunnerPorts, SteppedBackupRunner } from '#backups/runner.ts'
import type { BackupRunner } from '#platform/backups.ts'

/** A runner whose steps this process calls. */
export interface NodeBackupRunner extends BackupRunner {
  /** Continues the task of a process that ended. */
  resume(): Promise<void>
  /** Starts no further step, and resolves when the current one has ended. */
  close(): Promise<void>
}

/** The delay after a step that could not even note its failure. */
const retryMilliseconds = 60_000

/** Creates the runner of a process. Its steps never overlap, and there is one timer, as with alarms. */
export function createBackupRunner(ports: Omit<RunnerPorts, 'schedule'>): NodeBackupRunner {
  let timer: NodeJS.Timeout | undefined
  let last = Promise.resolve()
  let isClosed = false

  async function schedule(milliseconds: number): Promise<void> {
    clearTimeout(timer)
    if (isClosed) return
    timer = setTimeout(() => {
      last = last.then(step)
    }, milliseconds)
    // It is no reason to keep a process alive: the next one resumes.
    timer.unref()
  }

  async function step(): Promise<void> {
    try {
      await runner.step()
    } catch (error) {
      // oxlint-disable-next-line no-console -- there is no response to report it in
      console.error({ backup: 'step', error: error instanceof Error ? error.stack : String(error) })
      await schedule(retryMilliseconds)
    }
  }

  const runner = new SteppedBackupRunner({ ...ports, schedule })
  return {
    current: () => runner.current(),
    start: (task, afterMilliseconds) => runner.start(task, afterMilliseconds),
    wait: () => runner.wait(),
    async resume() {
      if ((await runner.current()) !== undefined) await schedule(0)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await last
    },
  }
}
