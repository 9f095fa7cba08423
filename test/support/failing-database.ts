import { bindings } from './bindings.ts'

/** What goes wrong with a batch, and when. */
export type Failure =
  /** It never arrives. */
  | 'before'
  /** It is done, but nobody hears of it. */
  | 'after'
  /** It breaks off at its last statement, and is undone. */
  | 'amid'

/** What the database says of a failure of its own; nothing of it may reach a client. */
const failureText = 'D1_ERROR: storage at sqlite/7f3a was reset: near "SELECT secret"'

/** The database of the test, failing in one way at every batch that a statement of a kind is in. */
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
