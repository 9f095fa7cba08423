import type { CollectionDefinition } from '#catalog/definition.ts'
import { compileField } from '#fields/registry.ts'
import type { RowWithId, Source } from './source.ts'

/**
 * The same source, with NULL for the text `null` in `json` columns: older backups have it there, and
 * PocketBase has where a form said so.
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
