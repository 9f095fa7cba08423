import { existsSync, readdirSync } from 'node:fs'
import { UsageError } from '#cli/terminal/usage.ts'

/** The name of the database during an export, which PocketBase does not recognise. */
export const unfinished = 'data.db.unfinished'

/**
 * Checks that a folder is empty or does not exist.
 *
 * @throws {UsageError}
 */
export function expectEmptyFolder(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.length === 0) return
  if (names.includes(unfinished)) {
    throw new UsageError(
      `An export into ${folder} was interrupted. Remove its files, or choose another folder.`,
    )
  }
  throw new UsageError(
    `${folder} is not empty. Choose an empty folder, or one that does not exist.`,
  )
}
