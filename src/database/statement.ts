import type { SQL } from 'drizzle-orm'

/** SQL with its bound parameters, in D1's format. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** D1's maximum number of bound parameters. */
const maxParameters = 100

const rendering = {
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
  casing: { getColumnCasing: (column: { name: string }) => column.name } as never,
}

/**
 * Renders a Drizzle expression for D1.
 *
 * More than a hundred parameters are sent as one JSON array and read from it. This keeps storage
 * classes (text, integer, real, null) and, like a bound value, has no affinity.
 */
export function toStatement(query: SQL): Statement {
  const plain = query.toQuery({ ...rendering, escapeParam: () => '?' })
  if (plain.params.length <= maxParameters) return plain

  const packed = query.toQuery({
    ...rendering,
    escapeParam: (position) => `json_extract(?1,'$[${position}]')`,
  })
  return { sql: packed.sql, params: [`[${packed.params.map(jsonOf).join()}]`] }
}

/**
 * A parameter as JSON. D1 binds every number as a real, and JSON needs a point to keep a whole one
 * real.
 */
function jsonOf(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return typeof value === 'number' && Number.isSafeInteger(value) ? `${text}.0` : text
}
