import { is, SQL } from 'drizzle-orm'
import { fixed, type Value } from '#database/value.ts'
import type { RequestInfo } from './schema.ts'

/** The values that `@request.*` and the macros stand for. */
export interface RequestValues {
  readonly context: Value<string>
  readonly method: Value<string>
  readonly query: Value<RequestInfo['query']>
  readonly headers: Value<RequestInfo['headers']>
  readonly body: Value<RequestInfo['body']>
  /** The id of the signed-in record, or an expression of it. */
  readonly authId: Value<string> | SQL
  readonly session: Value<RequestInfo['session']>
  /** The time that macros refer to. */
  readonly now: Value<Date>
}

/** The values while a plan is compiled for many requests, which it may not read itself. */
export interface OpenValues extends RequestValues {
  inContext(context: string): RequestInfo
}

/** The values of a request: open while a plan is compiled for many requests, otherwise fixed. */
export function valuesOf(request: RequestInfo, now: Date | undefined): RequestValues {
  if (request.open !== undefined) return request.open
  const { context, method, auth } = request
  const id = auth?.id ?? ''
  return {
    context: fixed(context),
    method: fixed(method),
    get query() {
      return fixed(request.query)
    },
    get headers() {
      return fixed(request.headers)
    },
    get body() {
      return fixed(request.body)
    },
    authId: is(id, SQL) ? id : fixed(id),
    session: fixed(request.session),
    now: fixed(now ?? new Date()),
  }
}
