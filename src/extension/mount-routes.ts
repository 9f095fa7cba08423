import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ExtensionHost } from '#app.ts'
import type { AppEnv } from '#http/app-env.ts'
import { onError } from '#http/error-response.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import type { AreteEnv } from './arete-env.ts'
import type { CoreParts } from './core.ts'
import type { AppDefinition } from './define-app.ts'
import { createArete } from './request-state.ts'
import { routeConflicts } from './route-conflicts.ts'

/**
 * Adds the routes of an application behind Arete's middleware and after its routes.
 *
 * @throws {Error} If Arete's routes leave nothing of one.
 */
export function mountRoutes(
  app: Hono<AppEnv>,
  routes: NonNullable<AppDefinition['routes']>,
  parts: CoreParts,
  host: ExtensionHost,
): void {
  const conflicts = routeConflicts(app.routes, routes.routes)
  if (conflicts.length > 0) {
    throw new Error(`Routes of the application collide with Arete's.\n${conflicts.join('\n')}`)
  }
  const behind = new Hono<AreteEnv>()
    .use(prepare(parts, host))
    .route('/', routes)
    .onError((error, c) => answerError(error, c))
  app.route('/', behind)
}

/** Counts a request by its path, and gives it `arete`. */
function prepare(
  parts: CoreParts,
  { catalogs, countPath }: ExtensionHost,
): MiddlewareHandler<AreteEnv> {
  return async (c, next) => {
    const base = asAppContext(c)
    await countPath(base)
    c.set('arete', createArete(parts, base, catalogs))
    await next()
  }
}

/** The same context: an application sees fewer of its variables. */
function asAppContext(c: Context<AreteEnv>): Context<AppEnv> {
  return c as unknown as Context<AppEnv>
}

/** Responds to an error that a route of the application threw. */
function answerError(error: Error, c: Context<AreteEnv>): Response {
  const base = asAppContext(c)
  if (!(error instanceof HTTPException)) return onError(error, base)
  if (error.res !== undefined && !c.req.path.startsWith('/api/')) return error.getResponse()
  const known = statuses.find((status) => status === error.status)
  if (known === undefined) return onError(error, base)
  // Such as `WWW-Authenticate`, which a middleware of Hono's sends along.
  for (const [name, value] of error.res?.headers ?? []) {
    if (!name.startsWith('content-')) c.header(name, value)
  }
  const message = error.message === '' ? commonErrors.badRequest.message : error.message
  base.error = new ApiError({ code: 'http_exception', status: known, message }, { cause: error })
  return onError(base.error, base)
}

const statuses: readonly ErrorSpec['status'][] = [
  400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429, 451, 503,
]
