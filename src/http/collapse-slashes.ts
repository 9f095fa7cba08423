import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/** Redirects a path with empty segments to the path without them. */
export function collapseSlashes(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!c.req.path.includes('//')) return await next()
    const { pathname, search } = new URL(c.req.url)
    // A single leading slash: two would name another host.
    return c.redirect(pathname.replace(/\/{2,}/g, '/') + search, 307)
  }
}
