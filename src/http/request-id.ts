import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/**
 * Gives the request an id, which its response and the log of a defect carry. It is always the
 * server's own: a client that could choose it would write into the log, and pass for another request.
 */
export function identifyRequests(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const id = crypto.randomUUID()
    c.set('requestId', id)
    c.header('X-Request-Id', id)
    await next()
  }
}
