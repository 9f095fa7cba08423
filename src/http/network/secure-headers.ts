import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

const headers = {
  'X-XSS-Protection': '1; mode=block',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Permitted-Cross-Domain-Policies': 'none',
}

const filePath = /^\/api\/files\/[^/]+\/[^/]+\/[^/]+$/

/** Responses to a request with a token are private and must not be cached. */
function hasToken({ req }: Context<AppEnv>): boolean {
  return req.header('Authorization') !== undefined || req.query('token') !== undefined
}

/** Files may be embedded in an application's pages; they are sandboxed. */
function isFramed({ req, res }: Context<AppEnv>): boolean {
  return filePath.test(req.path) && (res.ok || [304, 412, 416].includes(res.status))
}

/** Two years, the minimum for a site that must never be reached without TLS. */
const transportSecurity = 'max-age=63072000; includeSubDomains'

/**
 * Sets security headers: PocketBase's, and some more that none of its clients can miss. A stricter
 * header of a response stays. Wherever HTTPS was used it becomes mandatory, which excludes the
 * local machine.
 */
export function secureHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) {
      if (c.res.headers.has(name) || (name === 'X-Frame-Options' && isFramed(c))) continue
      c.res.headers.set(name, value)
    }
    if (hasToken(c) && !c.res.headers.has('Cache-Control')) {
      c.res.headers.set('Cache-Control', 'no-store')
    }
    if (c.req.url.startsWith('https:')) {
      c.res.headers.set('Strict-Transport-Security', transportSecurity)
    }
  }
}
