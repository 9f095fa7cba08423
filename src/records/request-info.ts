import type { Context } from 'hono'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { BodyValue, RequestInfo, SessionValues } from '#filter/schema.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { levelOf } from '#http/session-facts.ts'
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
  rest: Pick<RequestInfo, 'body' | 'auth' | 'session' | 'isSuperuser'>,
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
export function requestInfoOf(
  { catalog, caller, identity }: PlanContext,
  info: RequestInfo,
): RequestInfo {
  if (identity?.kind === 'account') return requestInfoAs(identity.collection, identity.id, info)
  if (identity?.kind === 'deployment') {
    return requestOf(info, { body: info.body, auth: undefined, isSuperuser: true })
  }
  const collection = caller && catalog.collections.find(caller.collectionId)
  const auth = caller && collection && { id: caller.recordId, collection }
  const isSuperuser = caller?.isSuperuser === true
  return requestOf(info, { body: info.body, auth, session: sessionOf(caller), isSuperuser })
}

function sessionOf(caller: Caller | undefined): SessionValues | undefined {
  if (caller === undefined) return undefined
  const { facts, sessionId } = caller
  const { authTime, mfaTime, methods, actor } = facts
  const level = levelOf(facts)
  // A factor of the account is none of the person who acts in its place.
  if (actor !== undefined) {
    const unproved = { authTime: undefined, mfaTime: undefined, methods: [] }
    return { id: sessionId, kind: 'impersonation', level, ...unproved }
  }
  return { id: sessionId, kind: 'session', level, authTime, mfaTime, methods }
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
  const { auth, session, isSuperuser } = info
  return requestOf(info, { body, auth, session, isSuperuser })
}
