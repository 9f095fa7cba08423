import { bindings } from './bindings.ts'

/** The test database with a count of the rows read. */
export interface MeasuredDatabase {
  readonly DB: typeof bindings.DB
  /** The rows read since the last call. */
  takeRowsRead(): number
}

/** Counts the rows that batches read, as D1 bills them. */
export function measuredDatabase(): MeasuredDatabase {
  let rowsRead = 0
  const batch = async (statements: D1PreparedStatement[]): Promise<D1Result[]> => {
    const results = await bindings.DB.batch(statements)
    for (const { meta } of results) rowsRead += meta.rows_read
    return results
  }
  const prepare = (text: string): D1PreparedStatement => bindings.DB.prepare(text)
  return {
    DB: { prepare, batch } as unknown as typeof bindings.DB,
    takeRowsRead() {
      const count = rowsRead
      rowsRead = 0
      return count
    },
  }
}
