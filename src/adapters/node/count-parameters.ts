import { tokenizeSql } from '#kernel/sql-tokens.ts'

/** The number of values that a statement needs. The parameters of ours are numbered or `?`. */
export function countParameters(sql: string): number {
  // Most statements that have none are found without tokens.
  if (!sql.includes('?')) return 0
  let most = 0
  for (const { kind, value } of tokenizeSql(sql) ?? []) {
    if (kind !== 'parameter') continue
    most = value === '?' ? most + 1 : Math.max(most, Number(value.slice(1)) || 0)
  }
  return most
}
