import type { SQL } from 'drizzle-orm'

/** SQL text with its bound parameters, as D1 takes them. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** D1 refuses a statement with more bound parameters. */
const maxParameters = 100

const rendering = {
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
  casing: { getColumnCasing: (column: { name: string }) => column.name } as never,
}

/**
 * Renders a Drizzle expression for D1.
 *
 * Past a hundred parameters all of them travel as one JSON array; each is then read from it, which
 * keeps storage classes (text, integer, real, null) and, like a bound value, has no affinity.
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

/** A parameter as JSON. D1 binds every number as a real, and a whole one stays one only with a point. */
function jsonOf(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return typeof value === 'number' && Number.isSafeInteger(value) ? `${text}.0` : text
}
