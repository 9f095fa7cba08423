import type { MiddlewareHandler } from 'hono'
import type { DatabaseUse } from '#platform/metered.ts'
import type { AppEnv } from './app-env.ts'

/** The work of the database and the session store for a request so far. */
export interface RequestUse {
  readonly database: DatabaseUse
  readonly sessionReads: number
  readonly sessionWrites: number
}

/** Reports the round trips in `Server-Timing`: `d1;desc="1 batch", kv;desc="1 read, 0 writes"`. */
export function serverTiming(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next()
    if (c.res !== c.get('answered'))
      c.res.headers.set('Server-Timing', timingOf(c.get('services').use))
  }
}

/** The header `Server-Timing`. */
export function timingOf({ database, sessionReads, sessionWrites }: RequestUse): string {
  const d1 = counted(database.batches, 'batch', 'batches')
  const kv = `${counted(sessionReads, 'read')}, ${counted(sessionWrites, 'write')}`
  return `d1;desc="${d1}", kv;desc="${kv}"`
}

function counted(count: number, unit: string, units = `${unit}s`): string {
  return `${count} ${count === 1 ? unit : units}`
}
