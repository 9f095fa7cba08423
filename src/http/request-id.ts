import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/**
 * Gives each request an id, which appears in its response and in the log of a defect. The server
 * always generates it: with an id of its own choice, a client could write into the log or pass for
 * another request.
 */
export function identifyRequests(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const id = crypto.randomUUID()
    c.set('requestId', id)
    c.header('X-Request-Id', id)
    await next()
  }
}
