/*
 * The headers of every response. `answer` makes a response with them; any other is given the ones it lacks, so
 * that a route replaces a header by setting its own.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

/** PocketBase's, and some more that none of its clients can miss. */
const securityHeaders = {
  'X-XSS-Protection': '1; mode=block',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Permitted-Cross-Domain-Policies': 'none',
}

/**
 * Responses to a request with a token are private and must not be cached. Records are the exception:
 * browsers may keep them, and ask each time whether they are still the same.
 */
const privacy = { 'Cache-Control': 'no-store' }

/** Lets scripts of any page read the response, and only send what they know themselves. */
const anyOrigin = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, Idempotency-Replayed, Retry-After',
}

/** Two years, the minimum for a site that must never be reached without TLS. */
const transportSecurity = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
}

/** Sets the headers of the response. HTTPS becomes mandatory wherever it was used. */
export function responseHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('headers', headersFor(c))
    await next()
    if (c.res !== c.get('answered')) complete(c)
  }
}

function headersFor(c: Context<AppEnv>): Record<string, string> {
  return {
    ...securityHeaders,
    'X-Request-Id': c.get('requestId'),
    Vary: 'Origin',
    ...(c.req.header('Origin') !== undefined && anyOrigin),
    ...(hasToken(c) && privacy),
    ...(c.req.url.startsWith('https:') && transportSecurity),
  }
}

function complete(c: Context<AppEnv>): void {
  const { headers } = c.res
  for (const [name, value] of Object.entries(c.get('headers'))) {
    const own = headers.get(name)
    if (own === null && !(name === 'X-Frame-Options' && isFramed(c))) headers.set(name, value)
    else if (own !== null && name === 'Vary') headers.set(name, withOrigin(own))
  }
}

/** A header `Vary` of a route. */
function withOrigin(vary: string): string {
  return /(?:^|,) *Origin *(?:,|$)/i.test(vary) ? vary : `Origin, ${vary}`
}

function hasToken({ req }: Context<AppEnv>): boolean {
  return req.header('Authorization') !== undefined || req.query('token') !== undefined
}

const filePath = /^\/api\/files\/[^/]+\/[^/]+\/[^/]+$/

/** Files may be embedded in an application's pages; they are sandboxed. */
function isFramed({ req, res }: Context<AppEnv>): boolean {
  return filePath.test(req.path) && (res.ok || [304, 412, 416].includes(res.status))
}
