import { existsSync, readdirSync } from 'node:fs'
import { UsageError } from '#cli/usage.ts'

/** The name of the database while a folder is written: PocketBase does not find it. */
export const unfinished = 'data.db.unfinished'

/**
 * Checks that a folder is empty, or not there yet.
 *
 * @throws {UsageError}
 */
export function expectEmptyFolder(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.length === 0) return
  if (names.includes(unfinished)) {
    throw new UsageError(
      `An export into ${folder} was interrupted. Remove what it left there, or name another folder.`,
    )
  }
  throw new UsageError(`${folder} is not empty. Name a folder that is, or that is not there yet.`)
}
