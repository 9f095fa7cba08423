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
  const lock = openLock(folder)
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new DataFolderError(
      primaryCode(error) === 'SQLITE_BUSY'
        ? `Another process uses the folder ${folder}. Stop it first, or choose another folder with --data.`
        : reasonOf(folder, error),
      { cause: error },
    )
  }
  return { release: () => lock.close() }
}

function openLock(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  } catch (error) {
    throw new DataFolderError(reasonOf(folder, error), { cause: error })
  }
}

/** The error for a file of the folder that could not be opened; the same error if it is another. */
export function toFolderError(folder: string, error: unknown): unknown {
  const isFault = notOpened.test(primaryCode(error) ?? '')
  return isFault ? new DataFolderError(reasonOf(folder, error), { cause: error }) : error
}

/** SQLite may not open or write the file, or it is no database. */
const notOpened = /^SQLITE_(?:CANTOPEN|READONLY|PERM|NOTADB)$/

function reasonOf(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${folder} is not a folder.`
  const isClosed = code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
  if (isClosed || /_(?:CANTOPEN|READONLY|PERM)$/.test(primaryCode(error) ?? '')) {
    return `The folder ${folder} cannot be written. Give this user the right to, or choose another folder with --data.`
  }
  return `The folder ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`
}
