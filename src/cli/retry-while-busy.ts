import { setTimeout as pause } from 'node:timers/promises'
import { UsageError } from './usage.ts'

/** How often it is tried, and how long is waited in between. */
const defaults = { attempts: 6, pauseMilliseconds: 1000 }

/**
 * Runs what needs a local database, again while another process has it to itself: `npm start` does
 * for some seconds while it starts. What runs must do no harm when it is done twice.
 *
 * @throws {UsageError} when the other does not let go of it
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
        throw new UsageError('Another process has the database to itself. Try again in a moment.', {
          cause: error,
        })
      }
      await pause(pauseMilliseconds)
    }
  }
}
