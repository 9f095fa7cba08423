import { LoadError } from '#backups/load-error.ts'
import { UsageError } from './usage.ts'
import { WranglerError } from './wrangler.ts'

/** Whether an error says to whoever typed the command what is wrong; any other is a defect. */
export function isForeseen(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof WranglerError || error instanceof LoadError
}
