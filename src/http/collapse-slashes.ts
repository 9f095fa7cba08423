import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/** Sends a request whose path has empty segments to the path without them. */
export function collapseSlashes(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!c.req.path.includes('//')) return await next()
    const { pathname, search } = new URL(c.req.url)
    // One slash in front: two would name another host.
    return c.redirect(pathname.replace(/\/{2,}/g, '/') + search, 307)
  }
}
