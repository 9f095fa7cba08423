import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { SQL } from 'drizzle-orm'
import { pathInside } from '#cli/terminal/path-inside.ts'
import type { RowWithId, StoredRow } from '#transfer/source.ts'
import { bytesOf, isBytes, type StoredValue } from '#transfer/stored-value.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { encodeStored } from '#catalog/stored-definition.ts'
import { withoutSecurity } from './without-security.ts'
import { createTable, createViews } from '#collections/schema/sync-table.ts'
import { toStatement } from '#database/statement.ts'
import { formatDate } from '#kernel/dates.ts'
import type { Settings } from '#settings/settings.ts'
import { unfinished } from './empty-folder.ts'
import { formatAttributes } from './file-attributes.ts'
import { type FileAttributes, sidecarSuffix } from './file-tree.ts'
import { systemMigrations, systemTables } from './system-schema.ts'

/** Writes a data folder of PocketBase, which is not recognised as one before it is finished. */
export interface FolderWriter {
  /** Creates the tables, indexes and views of all collections. */
  define(definitions: readonly CollectionDefinition[], settings: Settings): void
  /** Inserts rows with their row ids. */
  insert(definition: CollectionDefinition, rows: readonly RowWithId[]): void
  /** Writes a file of a record and its sidecar file. Returns its size. */
  writeFile(
    path: string,
    content: AsyncIterable<Uint8Array>,
    attributes: FileAttributes,
  ): Promise<number>
  finish(): Promise<void>
  /** Removes everything that was written. Synchronous. */
  abandon(): void
}

/** Starts a data folder, in a folder that is empty or does not exist. */
export async function beginFolder(folder: string): Promise<FolderWriter> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, unfinished)
  const database = new DatabaseSync(file)
  for (const statement of systemTables) database.exec(statement)

  return {
    define: (definitions, settings) => define(database, definitions, settings),
    insert: (definition, rows) => insert(database, definition, rows),
    writeFile: (path, content, attributes) =>
      writeStored(pathInside(join(folder, 'storage'), path), content, attributes),
    async finish() {
      database.close()
      await rename(file, join(folder, 'data.db'))
    },
    abandon() {
      if (database.isOpen) database.close()
      for (const name of readdirSync(folder)) {
        rmSync(join(folder, name), { recursive: true, force: true })
      }
    },
  }
}

function define(
  database: DatabaseSync,
  definitions: readonly CollectionDefinition[],
  settings: Settings,
): void {
  const now = new Date()
  inTransaction(database, () => {
    for (const given of definitions) {
      const { definition } = withoutSecurity(given)
      insertInto(database, '_collections', [encodeStored(definition)])
      if (!isView(definition)) run(database, createTable(definition))
    }
    run(database, createViews(definitions.filter(isView)))

    const stamp = formatDate(now)
    const { arete: _, ...compatible } = settings
    const value = JSON.stringify(compatible)
    insertInto(database, '_params', [{ id: 'settings', value, created: stamp, updated: stamp }])
    const applied = BigInt(now.getTime()) * 1000n
    insertInto(
      database,
      '_migrations',
      systemMigrations.map((migration, at) => ({ file: migration, applied: applied + BigInt(at) })),
    )
  })
}

function insert(
  database: DatabaseSync,
  { name }: CollectionDefinition,
  rows: readonly RowWithId[],
): void {
  const placed = rows.map(({ rowId, values }) => ({ _rowid_: rowId, ...values }))
  inTransaction(database, () => insertInto(database, name, placed))
}

/** Inserts rows with the same columns. */
function insertInto(database: DatabaseSync, table: string, rows: readonly StoredRow[]): void {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  const prepare = (parameters: readonly string[]): StatementSync =>
    database.prepare(
      `INSERT INTO ${quoted(table)} (${columns.map(quoted).join()}) VALUES (${parameters.join()})`,
    )
  const plain = prepare(columns.map(() => '?'))
  for (const row of rows) {
    const values = columns.map((column) => row[column] ?? null)
    const statement = values.some(isIllFormed)
      ? prepare(values.map((value) => (isIllFormed(value) ? 'CAST(? AS TEXT)' : '?')))
      : plain
    statement.run(...values.map((value) => (isBytes(value) ? bytesOf(value) : value)))
  }
}

function isIllFormed(value: StoredValue): boolean {
  return isBytes(value) && 'text' in value
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Runs statements one by one: SQLite ignores anything after the first in a string. */
function run(database: DatabaseSync, statements: readonly SQL[]): void {
  for (const statement of statements) database.prepare(toStatement(statement).sql).run()
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

async function writeStored(
  file: string,
  content: AsyncIterable<Uint8Array>,
  attributes: FileAttributes,
): Promise<number> {
  await mkdir(dirname(file), { recursive: true })
  const hash = createHash('md5')
  const handle = await open(file, 'wx')
  let sizeBytes = 0
  try {
    for await (const chunk of content) {
      hash.update(chunk)
      sizeBytes += chunk.length
      await handle.write(chunk)
    }
  } finally {
    await handle.close()
  }
  const sidecar = formatAttributes({ ...attributes, md5: hash.digest('hex') })
  await writeFile(file + sidecarSuffix, sidecar, { flag: 'wx' })
  return sizeBytes
}
