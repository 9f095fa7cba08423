import type { MiddlewareHandler } from 'hono'
import { type DatabaseUse, meterDatabase, meterKeyValueStore } from '#platform/metered.ts'
import type { AppEnv } from './app-env.ts'

/** The work of the database and the session store for a request so far. */
export interface RequestUse {
  readonly database: DatabaseUse
  readonly sessionReads: number
  readonly sessionWrites: number
}

/**
 * Sets a counted database and session store, and reports the round trips in `Server-Timing`:
 * `d1;desc="1 batch", kv;desc="1 read, 0 writes"`.
 */
export function serverTiming(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const db = meterDatabase(c.env.DB)
    const sessions = meterKeyValueStore(c.env.SESSIONS)
    c.set('db', db.port)
    c.set('sessions', sessions.port)
    c.set('use', () => ({
      database: db.use(),
      sessionReads: sessions.reads(),
      sessionWrites: sessions.writes(),
    }))

    await next()
    const { database, sessionReads, sessionWrites } = c.var.use()
    const d1 = counted(database.batches, 'batch', 'batches')
    const kv = `${counted(sessionReads, 'read')}, ${counted(sessionWrites, 'write')}`
    c.res.headers.set('Server-Timing', `d1;desc="${d1}", kv;desc="${kv}"`)
  }
}

function counted(count: number, unit: string, units = `${unit}s`): string {
  return `${count} ${count === 1 ? unit : units}`
}
