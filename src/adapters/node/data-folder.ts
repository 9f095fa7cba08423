import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { primaryCode } from './sqlite-errors.ts'

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
}

/** The data folder, held by this process. */
export interface HeldFolder {
  /** Lets another process take it. */
  release(): void
}

/**
 * Makes the data folder if it is missing, and holds it until it is released or the process ends. The
 * operating system ends the lock with the process, however that ends.
 *
 * @throws {DataFolderError} If the folder cannot be written, or another process holds it.
 */
export function holdDataFolder(folder: string): HeldFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new DataFolderError(reasonOf(folder, error), { cause: error })
  }
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (primaryCode(error) !== 'SQLITE_BUSY')
      throw new DataFolderError(reasonOf(folder, error), { cause: error })
    throw new DataFolderError(
      `Another process uses the folder ${folder}. Stop it first, or choose another folder with --data.`,
      { cause: error },
    )
  }
  return { release: () => lock.close() }
}

function reasonOf(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${folder} is not a folder.`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `The folder ${folder} cannot be written. Give this user the right to, or choose another folder with --data.`
  }
  return `The folder ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`
}
