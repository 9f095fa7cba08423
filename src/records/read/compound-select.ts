import { type SQL, sql } from 'drizzle-orm'

/** D1's maximum number of terms in a compound select. */
export const maxCompoundTerms = 5

/** The rows of all selects, grouped if there are too many for D1. Requires at least one. */
export function unionAll(selects: readonly SQL[]): SQL {
  if (selects.length <= maxCompoundTerms) return sql.join([...selects], sql` UNION ALL `)
  const groups: SQL[] = []
  for (let start = 0; start < selects.length; start += maxCompoundTerms) {
    const group = unionAll(selects.slice(start, start + maxCompoundTerms))
    groups.push(sql`SELECT * FROM (${group})`)
  }
  return unionAll(groups)
}
