import type { CollectionDefinition } from '#catalog/definition.ts'
import { compileField } from '#fields/registry.ts'
import type { RowWithId, Source } from './source.ts'

/**
 * Replaces the text `null` in `json` columns with NULL. Older backups contain it, and PocketBase
 * stores it if a form contained it.
 */
export function withJsonNulls(source: Source): Source {
  return {
    ...source,
    rows: async (definition, after, limit) => {
      const columns = jsonColumns(definition)
      const rows = await source.rows(definition, after, limit)
      return columns.length === 0 ? rows : rows.map((row) => withNulls(row, columns))
    },
  }
}

function jsonColumns({ fields }: CollectionDefinition): string[] {
  return fields
    .map(compileField)
    .filter(({ jsonAccess }) => jsonAccess === 'document')
    .map(({ name }) => name)
}

function withNulls({ rowId, values }: RowWithId, columns: readonly string[]): RowWithId {
  const nulls = columns.filter((name) => values[name] === 'null').map((name) => [name, null])
  return nulls.length === 0
    ? { rowId, values }
    : { rowId, values: { ...values, ...Object.fromEntries(nulls) } }
}
