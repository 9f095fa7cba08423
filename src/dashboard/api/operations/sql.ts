import { useMutation } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'

/** The result of a statement: its columns and rows, or the number of rows it changed. */
export interface SqlResult {
  readonly execTime: number
  readonly affectedRows: number
  /** The type is empty unless the column is one of a table. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Runs one SQL statement. */
export function useRunSql() {
  return useMutation({
    mutationFn: (query: string) =>
      client.send<SqlResult>('/api/sql', { method: 'POST', body: { query } }),
  })
}
