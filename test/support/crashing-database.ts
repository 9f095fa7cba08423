import { bindings } from './bindings.ts'

/** A database that ends whoever uses it at a certain batch. */
export interface CrashingDatabase {
  readonly db: typeof bindings.DB
  /** How many batches were sent, that of the crash among them. */
  readonly batches: () => number
}

/**
 * The database of the test, up to a batch by its number from 0. That batch is done or not, but nobody
 * hears of it, and nothing after it arrives.
 */
export function crashingDatabase(at: number, crash: 'before' | 'after'): CrashingDatabase {
  let sent = 0
  const batch = async (statements: D1PreparedStatement[]): Promise<unknown> => {
    const number = sent++
    if (number > at || (number === at && crash === 'before')) throw new Error('Crash')
    const results = await bindings.DB.batch(statements)
    if (number === at) throw new Error('Crash')
    return results
  }
  const db = { prepare: (text: string) => bindings.DB.prepare(text), batch }
  return { db: db as unknown as typeof bindings.DB, batches: () => sent }
}
