import { bindings } from './bindings.ts'

/** A database that crashes its caller at a certain batch. */
export interface CrashingDatabase {
  readonly db: typeof bindings.DB
  /** The number of batches sent, including that of the crash. */
  readonly batches: () => number
}

/**
 * The test database up to a batch with this number, from 0. The batch runs or not, but its result
 * is lost, and nothing after it arrives.
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
