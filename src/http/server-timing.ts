import type { MiddlewareHandler } from 'hono'
import { meterDatabase, meterKeyValueStore } from '#platform/metered.ts'
import type { AppEnv } from './app-env.ts'

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

    await next()
    const d1 = counted(db.batches(), 'batch', 'batches')
    const kv = `${counted(sessions.reads(), 'read')}, ${counted(sessions.writes(), 'write')}`
    c.res.headers.set('Server-Timing', `d1;desc="${d1}", kv;desc="${kv}"`)
  }
}

function counted(count: number, unit: string, units = `${unit}s`): string {
  return `${count} ${count === 1 ? unit : units}`
}
