import {
  type SQLiteColumnBuilderBase,
  type SQLiteTable,
  sqliteTable,
} from 'drizzle-orm/sqlite-core'
import type { Field } from '#fields/field-type.ts'

/** The Drizzle table of a collection: its name, a column per field. Views have one too, to read from. */
export function compileTable(name: string, fields: readonly Field[]): SQLiteTable {
  const columns: Record<string, SQLiteColumnBuilderBase> = {}
  for (const field of fields) columns[field.name] = field.column()
  return sqliteTable(name, columns)
}
