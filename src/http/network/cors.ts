import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'

const allowedMethods = 'GET,HEAD,PUT,PATCH,POST,DELETE'
const preflightVary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/**
 * Lets pages of any origin call the API, without cookies: a page has only the rights of the token
 * that its own script sends. Responds to every OPTIONS request before other middleware runs.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function cors(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const hasOrigin = c.req.header('Origin') !== undefined
    if (c.req.method !== 'OPTIONS') await next()
    else c.res = preflightAnswer(c.req.raw.headers)

    const isPreflight = c.req.method === 'OPTIONS' && hasOrigin
    c.res.headers.append('Vary', isPreflight ? preflightVary : 'Origin')
    if (hasOrigin) c.res.headers.set('Access-Control-Allow-Origin', '*')
  }
}

/** A request without `Origin` is no preflight. */
function preflightAnswer(request: Headers): Response {
  const answer = new Response(null, { status: 204 })
  if (!request.has('Origin')) return answer
  answer.headers.set('Access-Control-Allow-Methods', allowedMethods)
  const wanted = request.get('Access-Control-Request-Headers')
  if (wanted !== null && wanted !== '') answer.headers.set('Access-Control-Allow-Headers', wanted)
  return answer
}
