import { setTimeout as pause } from 'node:timers/promises'
import { UsageError } from '#cli/terminal/usage.ts'

/** The number of attempts, and the pause between them. */
const defaults = { attempts: 6, pauseMilliseconds: 1000 }

/**
 * Runs an operation on the local database and retries while another process has it locked, as `npm
 * start` does for some seconds on startup. The operation must be safe to repeat.
 *
 * @throws {UsageError} If the database stays locked.
 */
export async function retryWhileBusy<T>(
  run: () => Promise<T>,
  { attempts, pauseMilliseconds } = defaults,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('SQLITE_BUSY')) throw error
      if (attempt === attempts) {
        throw new UsageError('Another process has locked the database. Try again later.', {
          cause: error,
        })
      }
      await pause(pauseMilliseconds)
    }
  }
}
