import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { publicFields } from '#catalog/record-events.ts'
import type { Row } from '#database/batch.ts'
import type { ColumnSchema } from '#fields/definition/column-schema.ts'
import { byteLength } from '#kernel/text.ts'
import { columnOf, internalName } from '#records/identifiers.ts'

/** The records to check, under the name of their collection. */
export interface VisibleSource {
  readonly collection: Collection
  /** A table, or a select in parentheses. */
  readonly from: SQL
  /** A condition on its rows. */
  readonly where: SQL | undefined
  /** A further condition if a rule or filter reads other records. */
  readonly whereRelated?: SQL
}

/** Larger texts are bound separately: as JSON they could exceed the maximum size of a value. */
const largeTextBytes = 100_000

/**
 * A record's columns as a table of one row, as if it were stored: with the affinity of the columns,
 * which decides how texts and numbers compare. A rule that reads other records only holds while the
 * record exists, because the records it referred to may be gone with it.
 */
export function snapshotAsTable(collection: Collection, row: Row): VisibleSource {
  const large = Object.entries(row).filter(
    ([, value]) => typeof value === 'string' && byteLength(value) > largeTextBytes,
  )
  const apart = new Map(large)
  const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !apart.has(name)))
  const columns = publicFields(collection).map(({ name, column }) => {
    const value = apart.has(name) ? sql`${apart.get(name)}` : sql`"value" ->> ${`$."${name}"`}`
    // A field added since has its default, because a rule may use it.
    const known = Object.hasOwn(row, name) ? value : sql.raw(column.default)
    return sql`${withAffinity(known, column)} AS ${sql.identifier(name)}`
  })
  const { name } = collection
  return {
    collection,
    from: sql`(SELECT ${sql.join(columns, sql`, `)} FROM json_each(${JSON.stringify([rest])}))`,
    where: undefined,
    whereRelated: sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)} AS ${sql.identifier(storedTable)}
      WHERE ${columnOf(storedTable, 'id')} = ${columnOf(name, 'id')})`,
  }
}

const storedTable = internalName('stored')

function withAffinity(value: SQL, { type }: ColumnSchema): SQL {
  if (type === 'TEXT') return sql`CAST(${value} AS TEXT)`
  return type === 'NUMERIC' || type === 'BOOLEAN' ? sql`CAST(${value} AS NUMERIC)` : value
}
