import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { stagingTable } from './staging.ts'

/**
 * Describes a system table like a collection, so that its rows are paged, staged, encoded and compared
 * as records are. The id has a hyphen, which no collection's has.
 */
export function describedTable(
  id: string,
  name: string,
  fields: readonly FieldDefinition[],
): CollectionDefinition {
  return {
    id,
    name,
    type: 'base',
    system: true,
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
    fields: [...fields],
    indexes: [],
    created: '',
    updated: '',
    options: {},
  }
}

/** Replaces the rows of a system table by the loaded ones. */
export function replaceRows(table: CollectionDefinition): SQL[] {
  const columns = sql.join(
    table.fields.map(({ name }) => sql.identifier(name)),
    sql`, `,
  )
  const staged = sql.identifier(stagingTable(table))
  return [
    sql`DELETE FROM ${sql.identifier(table.name)}`,
    sql`INSERT INTO ${sql.identifier(table.name)} (${columns}) SELECT ${columns} FROM ${staged} ORDER BY "_rowid_"`,
    sql`DROP TABLE ${staged}`,
  ]
}
