import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

const headers = {
  'X-XSS-Protection': '1; mode=block',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Permitted-Cross-Domain-Policies': 'none',
}

const filePath = /^\/api\/files\/[^/]+\/[^/]+\/[^/]+$/

/** What somebody may see with a token is for nobody else, and so for no cache. */
function hasToken({ req }: Context<AppEnv>): boolean {
  return req.header('Authorization') !== undefined || req.query('token') !== undefined
}

/** Files may be shown within the pages of an application; they are sandboxed. */
function isFramed({ req, res }: Context<AppEnv>): boolean {
  return filePath.test(req.path) && (res.ok || [304, 412, 416].includes(res.status))
}

/** Two years, which browsers ask of a site that is never to be reached without TLS. */
const transportSecurity = 'max-age=63072000; includeSubDomains'

/**
 * Tells browsers to be strict: PocketBase's headers, and some that no client of it can miss. An
 * answer that is stricter still keeps its own. HTTPS becomes binding wherever it was used, which
 * leaves out one's own machine.
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
