import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/** Redirects a path with empty segments to the path without them. */
export function collapseSlashes(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (!c.req.path.includes('//')) return next()
    const { pathname, search } = new URL(c.req.url)
    // A single leading slash: two would name another host.
    return Promise.resolve(c.redirect(pathname.replace(/\/{2,}/g, '/') + search, 307))
  }
}
