import type { Context } from 'hono'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { BodyValue, RequestInfo } from '#filter/schema.ts'
import type { AppEnv } from '#http/app-env.ts'
import { headerMap, queryMap } from '#http/query.ts'
import { lazy } from '#kernel/lazy.ts'

/** The parts of a request that do not depend on its caller. */
export type RequestParts = Pick<RequestInfo, 'context' | 'method' | 'query' | 'headers'>

/** A request of a guest, which is what every request is until its caller is known. */
export function guestRequest(parts: RequestParts): RequestInfo {
  return requestOf(parts, { body: {}, auth: undefined, isSuperuser: false })
}

/** The request of a route. */
export function requestInfo(c: Context<AppEnv, string>, context = 'default'): RequestInfo {
  const { method, url, raw } = c.req
  const headers = lazy(() => headerMap(raw.headers))
  return guestRequest({
    context,
    method,
    query: queryMap(url),
    get headers() {
      return headers()
    },
  })
}

/** Few rules read headers, so they are not read before one does. */
function requestOf(
  parts: RequestParts,
  rest: Pick<RequestInfo, 'body' | 'auth' | 'isSuperuser'>,
): RequestInfo {
  const { context, method, query } = parts
  return {
    context,
    method,
    query,
    get headers() {
      return parts.headers
    },
    ...rest,
  }
}

/** A request with the caller of its plan. */
export function requestInfoOf({ catalog, caller }: PlanContext, info: RequestInfo): RequestInfo {
  const collection = caller && catalog.collections.find(caller.collectionId)
  const auth = caller && collection && { id: caller.recordId, collection }
  return requestOf(info, { body: info.body, auth, isSuperuser: caller?.isSuperuser === true })
}

/** A request as if a record had sent it; a sign-in expands its record with the record's own access. */
export function requestInfoAs(collection: Collection, id: string, info: RequestInfo): RequestInfo {
  const auth = { id, collection }
  return requestOf(info, { body: info.body, auth, isSuperuser: isSuperusers(collection) })
}

/** A request with a body that rules can read. */
export function withBody(
  info: RequestInfo,
  body: Readonly<Record<string, BodyValue>>,
): RequestInfo {
  return requestOf(info, { body, auth: info.auth, isSuperuser: info.isSuperuser })
}
