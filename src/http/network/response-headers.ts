/*
 * The headers of every response. They are set before there is one, so that Hono creates the
 * response with them, and a route replaces a header by setting its own. A response that a route
 * creates itself is given the ones it lacks.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

type Header = readonly [name: string, value: string]

/** PocketBase's, and some more that none of its clients can miss. */
const securityHeaders: readonly Header[] = [
  ['X-XSS-Protection', '1; mode=block'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ['X-Permitted-Cross-Domain-Policies', 'none'],
]

/**
 * Responses to a request with a token are private and must not be cached. Records are the exception:
 * browsers may keep them, and ask each time whether they are still the same.
 */
const privacy: Header = ['Cache-Control', 'no-store']

/** Lets scripts of any page read the response, and only send what they know themselves. */
const anyOrigin: readonly Header[] = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'ETag, Idempotency-Replayed, Retry-After'],
]

/** Two years, the minimum for a site that must never be reached without TLS. */
const transportSecurity: Header = [
  'Strict-Transport-Security',
  'max-age=63072000; includeSubDomains',
]

/** Sets the headers of the response. HTTPS becomes mandatory wherever it was used. */
export function responseHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const headers = headersFor(c)
    for (const [name, value] of headers) c.header(name, value)
    await next()
    if (!c.res.headers.has('X-Request-Id')) complete(c, headers)
  }
}

function headersFor(c: Context<AppEnv>): readonly Header[] {
  const headers: Header[] = [
    ...securityHeaders,
    ['X-Request-Id', c.get('requestId')],
    ['Vary', 'Origin'],
  ]
  if (c.req.header('Origin') !== undefined) headers.push(...anyOrigin)
  if (hasToken(c)) headers.push(privacy)
  if (c.req.url.startsWith('https:')) headers.push(transportSecurity)
  return headers
}

function complete(c: Context<AppEnv>, headers: readonly Header[]): void {
  for (const [name, value] of headers) {
    if (c.res.headers.has(name) || (name === 'X-Frame-Options' && isFramed(c))) continue
    c.res.headers.set(name, value)
  }
}

function hasToken({ req }: Context<AppEnv>): boolean {
  return req.header('Authorization') !== undefined || req.query('token') !== undefined
}

const filePath = /^\/api\/files\/[^/]+\/[^/]+\/[^/]+$/

/** Files may be embedded in an application's pages; they are sandboxed. */
function isFramed({ req, res }: Context<AppEnv>): boolean {
  return filePath.test(req.path) && (res.ok || [304, 412, 416].includes(res.status))
}
