import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import {
  ApiError,
  commonErrors,
  type ErrorSpec,
  type FieldIssue,
  isFieldIssue,
  type Issues,
} from '#kernel/errors.ts'
import { redactAddress } from '#kernel/redact.ts'
import type { AppEnv } from './app-env.ts'

/** The body of every error response. The order of its keys is the order on the wire. */
export interface ErrorEnvelope {
  readonly data: Readonly<Record<string, unknown>>
  readonly message: string
  readonly status: number
}

/**
 * Turns an error into a response: an ApiError as it states, anything else as a defect, which is
 * logged and returns 500 without its cause.
 */
export function onError(error: unknown, c: Context<AppEnv>): Response {
  const refusal = asApiError(error)
  if (refusal.status >= 500) logDefect(error, c)
  const retryAfterSeconds =
    refusal.retryAfterSeconds ?? (refusal.status === 503 ? outageSeconds : undefined)
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds))
  if (refusal.etag !== undefined) c.header('ETag', refusal.etag)
  return c.json(errorEnvelope(refusal), refusal.status)
}

/** Outages that end at all usually end within seconds. */
const outageSeconds = 5

/** Responds to a path or method without a route. There is no 405, as in PocketBase. */
export function answerNotFound(c: Context<AppEnv>): Response {
  const isPageRequest = c.req.method === 'GET' || c.req.method === 'HEAD'
  // Hono records only what is thrown.
  c.error = new ApiError(isPageRequest ? commonErrors.fileNotFound : commonErrors.notFound)
  return onError(c.error, c)
}

/** The body of an error response. A failed batch reports its requests in the same form. */
export function errorEnvelope(error: ApiError): ErrorEnvelope {
  return {
    data: issuesBody(error.issues),
    message: sentence(error.message),
    status: error.status,
  }
}

const errorsByStatus: Readonly<Record<number, ErrorSpec>> = {
  400: commonErrors.badRequest,
  401: commonErrors.unauthorized,
  403: commonErrors.forbidden,
  404: commonErrors.notFound,
  413: commonErrors.bodyTooLarge,
  429: commonErrors.tooManyRequests,
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const known = error instanceof HTTPException ? errorsByStatus[error.status] : undefined
  return new ApiError(known ?? commonErrors.internal)
}

/** Sorts the keys of objects, as PocketBase does. */
function sorted<T, R>(
  record: Readonly<Record<string, T>>,
  each: (value: T) => R,
): Record<string, R> {
  const names = Object.keys(record).toSorted()
  return Object.fromEntries(names.map((name) => [name, each(record[name] as T)]))
}

function issuesBody(issues: Issues): Record<string, unknown> {
  return sorted(issues, (node) => (isFieldIssue(node) ? issueBody(node) : issuesBody(node)))
}

function issueBody({ code, message, params, response }: FieldIssue): Record<string, unknown> {
  return {
    code,
    message: sentence(message),
    ...(params === undefined ? {} : { params: sorted(params, (value) => value) }),
    ...(response === undefined ? {} : { response }),
  }
}

/** Capitalises the first letter and adds a full stop unless the sentence already ends. */
function sentence(text: string): string {
  const trimmed = text.trim()
  const capitalised = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.?!]$|^$/.test(capitalised) ? capitalised : `${capitalised}.`
}

function logDefect(error: unknown, c: Context<AppEnv>): void {
  const { method } = c.req
  const path = redactAddress(c.req.path)
  // oxlint-disable-next-line no-console -- the only place that reports defects
  console.error({ requestId: c.get('requestId'), method, path, error: describe(error) })
}

/** Describes an error and its causes without query parameters, which are personal data. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `thrown value of type ${typeof error}`
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`
  // Drizzle's message holds the parameters, and so does the stack.
  const isQueryError = error.message.startsWith('Failed query')
  const text = isQueryError ? `${error.name}: a query failed` : (error.stack ?? error.message)
  return text + cause
}
