/*
 * Pages of any origin may call the API, without cookies: a page has only the rights of the token
 * that its own script sends.
 *
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

const allowedMethods = 'GET,HEAD,PUT,PATCH,POST,DELETE'
const preflightVary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/**
 * Responds to every OPTIONS request before anything else does, and without the headers of other
 * responses, as PocketBase does. Without `Origin` it is no preflight.
 */
export function answerPreflights(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (c.req.method !== 'OPTIONS') return next()
    c.header('X-Request-Id', c.get('requestId'))
    const hasOrigin = c.req.header('Origin') !== undefined
    c.header('Vary', hasOrigin ? preflightVary : 'Origin')
    if (hasOrigin) {
      c.header('Access-Control-Allow-Origin', '*')
      c.header('Access-Control-Allow-Methods', allowedMethods)
      const wanted = c.req.header('Access-Control-Request-Headers')
      if (wanted !== undefined && wanted !== '') c.header('Access-Control-Allow-Headers', wanted)
    }
    return Promise.resolve(c.body(null, 204))
  }
}
