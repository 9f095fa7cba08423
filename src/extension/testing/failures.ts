import type { TestDeployment } from '#adapters/cloudflare/test-deployment.ts'

/** A service that can fail: the database, the sessions, the files, or `fetch`. */
export type FailingPart = 'd1' | 'kv' | 'r2' | 'fetch'

/** The services of a deployment, whose next call can be made to fail. */
export interface FailingServices {
  readonly bindings: Pick<TestDeployment, 'DB' | 'SESSIONS' | 'FILES'>
  /** Fails the next call of a service, which does not arrive there. */
  failNext(part: FailingPart): void
}

/** Wraps the services of a deployment. */
export function createFailingServices({ DB, SESSIONS, FILES }: TestDeployment): FailingServices {
  const waiting = new Set<FailingPart>()

  /** Calls a service, unless its next call is to fail. */
  async function reach<T>(part: FailingPart, call: () => Promise<T>): Promise<T> {
    if (!waiting.delete(part)) return await call()
    const message =
      part === 'd1' ? 'D1_ERROR: Network connection lost.' : 'Network connection lost.'
    throw new Error(message)
  }

  /** A binding whose methods go through `reach`. */
  function guard<T extends object>(part: FailingPart, binding: T): T {
    return new Proxy(binding, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) =>
          await reach(part, async () => (await member.apply(target, args)) as unknown)
      },
    })
  }

  // The database takes only its own statements, so these get other methods.
  function guardStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const bind = statement.bind.bind(statement)
    const raw = statement.raw.bind(statement) as (options?: object) => Promise<unknown>
    return Object.assign(statement, {
      bind: (...values: unknown[]) => guardStatement(bind(...values)),
      raw: async (options?: object) => await reach('d1', async () => await raw(options)),
    })
  }

  const database = {
    prepare: (text: string) => guardStatement(DB.prepare(text)),
    batch: async (statements: D1PreparedStatement[]) =>
      await reach('d1', async () => await DB.batch(statements)),
  }

  return {
    bindings: {
      DB: database as unknown as D1Database,
      SESSIONS: guard('kv', SESSIONS),
      FILES: guard('r2', FILES),
    },
    failNext(part) {
      if (part === 'fetch') failNextFetch()
      else waiting.add(part)
    },
  }
}

/** Replaces `fetch` for one call. */
function failNextFetch(): void {
  const original = globalThis.fetch
  globalThis.fetch = async () => {
    globalThis.fetch = original
    throw new TypeError('Network connection lost.')
  }
}
