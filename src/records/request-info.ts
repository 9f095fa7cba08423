import type { Context } from 'hono'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { BodyValue, RequestInfo } from '#filter/schema.ts'
import type { AppEnv } from '#http/app-env.ts'
import { headerMap, queryMap } from '#http/query.ts'

/** The parts of a request that do not depend on its caller. */
export type RequestParts = Pick<RequestInfo, 'context' | 'method' | 'query' | 'headers'>

/** A request of a guest, which is what every request is until its caller is known. */
export function guestRequest(parts: RequestParts): RequestInfo {
  return { ...parts, body: {}, auth: undefined, isSuperuser: false }
}

/** The request of a route. */
export function requestInfo(c: Context<AppEnv, string>, context = 'default'): RequestInfo {
  return guestRequest({
    context,
    method: c.req.method,
    query: queryMap(c.req.url),
    headers: headerMap(c.req.raw.headers),
  })
}

/** A request with the caller of its plan. */
export function requestInfoOf({ catalog, caller }: PlanContext, info: RequestInfo): RequestInfo {
  const collection = caller && catalog.collections.find(caller.collectionId)
  const auth = caller && collection && { id: caller.recordId, collection }
  return { ...info, auth, isSuperuser: caller?.isSuperuser === true }
}

/** A request as if a record had sent it; a sign-in expands its record with the record's own access. */
export function requestInfoAs(collection: Collection, id: string, info: RequestInfo): RequestInfo {
  return { ...info, auth: { id, collection }, isSuperuser: isSuperusers(collection) }
}

/** A request with a body that rules can read. */
export function withBody(
  info: RequestInfo,
  body: Readonly<Record<string, BodyValue>>,
): RequestInfo {
  return { ...info, body }
}
