import { createHash } from 'node:crypto'
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isInside } from '#cli/terminal/path-inside.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { counted } from '#cli/terminal/wording.ts'
import { openArchive } from './archive.ts'
import type { FileTree } from './file-tree.ts'
import { filesInFolder } from './folder-files.ts'
import { openDatabase, openReadOnly } from './open-database.ts'

/** A stopped PocketBase, or a backup of one, opened for reading. */
export interface PocketBaseData {
  readonly database: DatabaseSync
  readonly files: FileTree
  /** The path of the database, if `data.db` is a link that leads out of the folder. */
  readonly linkedDatabase: string | undefined
  /** Content that is not imported, besides collections, records and files; one sentence each. */
  readonly notImported: readonly string[]
  /** The folder of the front end beside the data folder, if there is one. */
  readonly publicFolder: string | undefined
  /** True if PocketBase did not exit cleanly. All its writes are read anyway. */
  readonly hasLog: boolean
  /** Identifies the data: the same string for the same data at the same path only. */
  readonly fingerprint: string
  /** True if the database has not changed since it was opened. */
  isUnchanged(): boolean
  close(): Promise<void>
}

/**
 * Opens a data folder of PocketBase, or a backup of one, without changing it.
 *
 * @throws {UsageError} If it is neither, or in use.
 */
export async function openPocketBase(path: string): Promise<PocketBaseData> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new UsageError(`There is no ${path}.`)
  if (path.endsWith('.json')) {
    throw new UsageError(
      `${path} is no data folder. Import collections in JSON with the API: PUT /api/collections/import`,
    )
  }
  return stat.isDirectory() ? openFolder(path) : await openBackup(path)
}

function openFolder(folder: string): PocketBaseData {
  const names = readdirSync(folder)
  if (!names.includes('data.db')) {
    throw new UsageError(
      `${folder} is no data folder of PocketBase, because it has no data.db. ` +
        'PocketBase stores its data in pb_data, unless --dir names another folder.',
    )
  }
  expectOwnStorage(folder)
  // SQLite keeps the log beside the target of a link.
  const file = realpathSync(join(folder, 'data.db'))
  const opened = openDatabase(file)
  return {
    ...opened,
    files: filesInFolder(join(folder, 'storage')),
    linkedDatabase: isInside(realpathSync(folder), file) ? undefined : file,
    notImported: [...notImported(opened.database, names, folder), ...hooksBeside(folder)],
    publicFolder: publicFolderBeside(folder),
    fingerprint: fingerprintOf(file, `${file}-wal`),
    close: () => Promise.resolve(opened.database.close()),
  }
}

/** In a folder from elsewhere, the storage could be a link to any file of this machine. */
function expectOwnStorage(folder: string): void {
  const storage = join(folder, 'storage')
  if (!existsSync(storage)) return
  const real = realpathSync(storage)
  if (isInside(realpathSync(folder), real)) return
  throw new UsageError(
    `${storage} is a link that leads out of the folder, to ${real}. If its files belong to this ` +
      'data, replace the link with them and try again.',
  )
}

async function openBackup(path: string): Promise<PocketBaseData> {
  const archive = await openArchive(path)
  // It contains password hashes and secrets.
  const temporary = makeTemporaryFolder()
  const folder = temporary.path
  const close = (): void => {
    archive.close()
    temporary.remove()
  }
  try {
    const file = join(folder, 'data.db')
    if (!(await archive.extract('data.db', file))) {
      throw new UsageError(`${path} is no backup of PocketBase, because it has no data.db.`)
    }
    const others = countedBeside.flatMap((beside) => [beside.file, `${beside.file}-wal`])
    for (const name of ['data.db-wal', ...others]) await archive.extract(name, join(folder, name))
    const opened = openDatabase(file)
    return {
      ...opened,
      files: archive.filesIn('storage'),
      linkedDatabase: undefined,
      notImported: notImported(opened.database, archive.topNames, folder),
      publicFolder: undefined,
      fingerprint: fingerprintOf(path),
      close() {
        opened.database.close()
        close()
        return Promise.resolve()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

function fingerprintOf(...files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const stat = statSync(file, { throwIfNoEntry: false })
    hash.update(`${file}\0${stat?.size ?? 0}\0${stat?.size ? stat.mtimeMs : 0}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Files that PocketBase recreates or that were read. All others are reported. */
const unremarkable =
  /^(?:data\.db|storage|auxiliary\.db|openworkflow\.db|types\.d\.ts|\..*|.*-(?:wal|shm))$/

/** PocketBase's other databases, with the rows in them that users may miss. */
const countedBeside = [
  { file: 'auxiliary.db', table: '_logs', noun: 'log entry', plural: 'log entries' },
  {
    file: 'openworkflow.db',
    table: 'workflow_runs',
    noun: 'workflow run',
    plural: 'workflow runs',
  },
] as const

function notImported(
  database: DatabaseSync,
  names: readonly string[],
  /** The folder of these databases. */
  folder: string,
): string[] {
  const counts = countedBeside.flatMap(({ file, table, noun, plural }) => {
    const count = countBeside(join(folder, file), table)
    return count === 0 ? [] : [`${counted(count, noun, plural)}.`]
  })
  const migrations = ownMigrations(database)
  const tables = foreignTables(database)
  const triggers = namesIn(database, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
  const parameters = countOf(database, "_params WHERE id <> 'settings'")
  const others = names.filter((name) => !unremarkable.test(name)).toSorted()
  return [
    ...counts,
    ...(migrations > 0
      ? [
          `The history of ${counted(migrations, 'migration')}, whose changes are part of the import.`,
        ]
      : []),
    ...(parameters > 0 ? [`${counted(parameters, 'row')} of _params besides the settings.`] : []),
    ...(triggers.length > 0 ? [`Triggers of the database: ${triggers.join(', ')}.`] : []),
    ...(tables.length > 0 ? [`Tables without a collection: ${tables.join(', ')}.`] : []),
    ...(others.length > 0 ? [`Other files in the folder: ${others.join(', ')}.`] : []),
  ]
}

function countBeside(file: string, table: string): number {
  if (!existsSync(file)) return 0
  const database = openReadOnly(realpathSync(file))
  try {
    const found = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table)
    return found === undefined ? 0 : countOf(database, table)
  } finally {
    database.close()
  }
}

function countOf(database: DatabaseSync, rows: string): number {
  return Number(database.prepare(`SELECT count(*) AS n FROM ${rows}`).get()?.['n'])
}

/** PocketBase's own migrations are written in Go. */
function ownMigrations(database: DatabaseSync): number {
  return countOf(database, "_migrations WHERE file LIKE '%.js'")
}

function foreignTables(database: DatabaseSync): string[] {
  return namesIn(
    database,
    `SELECT name FROM sqlite_master
      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND name NOT IN ('_collections', '_params', '_migrations')
        AND name COLLATE NOCASE NOT IN (SELECT name FROM _collections)
      ORDER BY name`,
  )
}

function namesIn(database: DatabaseSync, query: string): string[] {
  return database
    .prepare(query)
    .all()
    .map(({ name }) => String(name))
}

function publicFolderBeside(folder: string): string | undefined {
  const beside = join(dirname(folder), 'pb_public')
  return existsSync(beside) ? beside : undefined
}

function hooksBeside(folder: string): string[] {
  const names = ['pb_hooks', 'pb_migrations'].filter((name) =>
    existsSync(join(dirname(folder), name)),
  )
  return names.length === 0
    ? []
    : [`Beside ${basename(folder)}: ${names.join(', ')}. Hooks have no counterpart in Arete.`]
}
