import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { UsageError } from '#cli/terminal/usage.ts'
import { isOpenElsewhere } from './is-open-elsewhere.ts'

/** PocketBase's database, opened for reading. */
export interface OpenDatabase {
  readonly database: DatabaseSync
  /**
   * True if PocketBase did not exit cleanly: some of its writes are in a log beside the database.
   */
  readonly hasLog: boolean
  /** True if the database has not changed since it was opened. */
  isUnchanged(): boolean
}

/**
 * Opens `data.db` without changing anything in its folder.
 *
 * The write-ahead log of a killed PocketBase is read too, and all reads see the same state.
 *
 * @throws {UsageError} If it is in use, is no database, or is from a PocketBase before 0.23.
 */
export function openDatabase(file: string): OpenDatabase {
  const log = `${file}-wal`
  if (existsSync(log) && isOpenElsewhere(file)) {
    throw new UsageError(
      `PocketBase is running on this folder: ${file} is in use. Stop it and try again.`,
    )
  }
  const hasLog = sizeOf(log) > 0
  const before = stampOf(file) + stampOf(log)
  const database = openReadOnly(file)
  try {
    expectCurrentLayout(database, file)
  } catch (error) {
    database.close()
    throw error
  }
  return { database, hasLog, isUnchanged: () => stampOf(file) + stampOf(log) === before }
}

/**
 * Opens an SQLite database for reading, in a fixed state.
 *
 * @throws {UsageError} If it is no database.
 */
export function openReadOnly(file: string): DatabaseSync {
  const url = pathToFileURL(file)
  // Without a log only the file itself is read, and SQLite need not create files beside it.
  if (sizeOf(`${file}-wal`) === 0) url.searchParams.set('immutable', '1')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(url, { readOnly: true })
    database.exec('BEGIN')
    database.prepare('SELECT count(*) FROM sqlite_master').get()
    return database
  } catch (error) {
    database?.close()
    const reason = error instanceof Error ? error.message : String(error)
    const advice =
      sizeOf(`${file}-wal`) > 0
        ? ' It has a write-ahead log, which SQLite reads only in a writable folder. Copy the folder and import the copy.'
        : ''
    throw new UsageError(`${file} cannot be read: ${reason}.${advice}`, { cause: error })
  }
}

function expectCurrentLayout(database: DatabaseSync, file: string): void {
  const columns = database
    .prepare("SELECT name FROM pragma_table_info('_collections')")
    .all()
    .map(({ name }) => String(name))
  if (columns.includes('fields') && columns.includes('options')) return
  throw new UsageError(
    columns.includes('schema')
      ? `${file} was written by a PocketBase before 0.23. Start it once with a newer PocketBase, ` +
          'which updates its data, stop it and try again.'
      : `${file} is no database of PocketBase, because it has no collections.`,
  )
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return `${stat?.size ?? 0}:${stat?.size ? stat.mtimeMs : 0};`
}
