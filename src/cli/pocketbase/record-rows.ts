import type { DatabaseSync } from 'node:sqlite'
import type { RowWithId } from '#transfer/source.ts'
import {
  isDoubtful,
  sizeOf,
  storedBlob,
  storedInteger,
  storedText,
  type StoredValue,
} from '#transfer/stored-value.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { compileField } from '#fields/registry.ts'

/**
 * The account that PocketBase creates for its installer, and deletes with the first real superuser.
 */
const installer = '__pbinstaller@example.com'

/** Reading stops after the row that exceeds this many bytes. */
const maxPageBytes = 4_000_000

/**
 * Reads rows of a collection after a row id: at most `limit`, fewer if they are large, and none at
 * the end. Missing columns are left out.
 */
export function rowsAfter(
  database: DatabaseSync,
  definition: CollectionDefinition,
  rowId: bigint,
  limit: number,
): RowWithId[] {
  const table = quoted(definition.name)
  const fields = fieldsOf(database, definition)
  const columns = fields.map(({ name }) => quoted(name))
  // PocketBase reads missing values as the zero value of their field.
  const zeros = new Map(fields.map((field) => [field.name, field.toColumn(field.zero)]))
  const statement = database.prepare(
    `SELECT _rowid_ AS ":place", ${columns.join()} FROM ${table}
      WHERE _rowid_ > ? AND ${filterOf(definition)} ORDER BY _rowid_ LIMIT ?`,
  )
  statement.setReadBigInts(true)
  const rows: RowWithId[] = []
  let bytes = 0
  for (const { ':place': at, ...columnValues } of statement.iterate(rowId, limit)) {
    const row = at as bigint
    const values = Object.fromEntries(
      Object.entries(columnValues).map(([name, value]) => [
        name,
        typeof value === 'string' && isDoubtful(value)
          ? textAt(database, table, name, row)
          : storedValue(value ?? zeros.get(name)),
      ]),
    )
    rows.push({ rowId: row, values })
    bytes += Object.values(values).reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (bytes > maxPageBytes) break
  }
  return rows
}

/** The number of records in a collection. */
export function countRows(
  database: DatabaseSync,
  definition: Pick<CollectionDefinition, 'name'>,
): number {
  const row = database
    .prepare(`SELECT count(*) AS n FROM ${quoted(definition.name)} WHERE ${filterOf(definition)}`)
    .get()
  return Number(row?.['n'])
}

function filterOf({ name }: Pick<CollectionDefinition, 'name'>): string {
  return name === '_superusers' ? `"email" <> '${installer}'` : 'TRUE'
}

function fieldsOf(database: DatabaseSync, { name, fields }: CollectionDefinition): Field[] {
  const present = new Set(
    database
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(name)
      .map((column) => column['name']),
  )
  return fields.map(compileField).filter((field) => present.has(field.name))
}

/** Converts a value without changing its type. */
function storedValue(value: unknown): StoredValue {
  if (value instanceof Uint8Array) return storedBlob(value)
  if (typeof value === 'bigint') return storedInteger(value)
  return (value ?? null) as StoredValue
}

/** Reads the bytes of a text, which alone show if it is valid UTF-8. */
function textAt(database: DatabaseSync, table: string, column: string, rowId: bigint): StoredValue {
  const row = database
    .prepare(`SELECT CAST(${quoted(column)} AS BLOB) AS bytes FROM ${table} WHERE _rowid_ = ?`)
    .get(rowId)
  return storedText(row?.['bytes'] as Uint8Array)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
