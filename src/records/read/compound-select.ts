import { type SQL, sql } from 'drizzle-orm'

/** D1 takes at most five terms in a compound select. */
export const maxCompoundTerms = 5

/** The rows of all selects; more of them than D1 takes are grouped. At least one. */
export function unionAll(selects: readonly SQL[]): SQL {
  if (selects.length <= maxCompoundTerms) return sql.join([...selects], sql` UNION ALL `)
  const groups: SQL[] = []
  for (let start = 0; start < selects.length; start += maxCompoundTerms) {
    const group = unionAll(selects.slice(start, start + maxCompoundTerms))
    groups.push(sql`SELECT * FROM (${group})`)
  }
  return unionAll(groups)
}
