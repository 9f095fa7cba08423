import { bindings } from './bindings.ts'

/** The kind of failure of a batch. */
export type Failure =
  /** The batch never arrives. */
  | 'before'
  /** The batch runs, but its result is lost. */
  | 'after'
  /** The batch fails at its last statement and is rolled back. */
  | 'amid'

/** An error message of the database. No part of it may reach a client. */
const failureText = 'D1_ERROR: storage at sqlite/7f3a was reset: near "SELECT secret"'

/** The test database, with a failure of every batch that contains a matching statement. */
export function failingDatabase(failure: Failure, statement: RegExp): typeof bindings.DB {
  const texts = new WeakMap<object, string>()
  const prepare = (text: string): D1PreparedStatement => {
    const prepared = bindings.DB.prepare(text)
    texts.set(prepared, text)
    const bind = (...values: unknown[]): D1PreparedStatement => {
      const bound = bindings.DB.prepare(text).bind(...values)
      texts.set(bound, text)
      return bound
    }
    return Object.assign(prepared, { bind })
  }
  const batch = async (statements: D1PreparedStatement[]): Promise<unknown> => {
    const isMeant = statements.some((each) => statement.test(texts.get(each) ?? ''))
    if (!isMeant) return await bindings.DB.batch(statements)
    if (failure === 'after') await bindings.DB.batch(statements)
    if (failure === 'amid') {
      const broken = bindings.DB.prepare('SELECT nothing FROM nowhere')
      await bindings.DB.batch([...statements, broken]).catch(() => undefined)
    }
    throw new Error(failureText)
  }
  return { prepare, batch } as unknown as typeof bindings.DB
}
