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

/** The body of every refusal. Its keys stand in the order they are sent in. */
export interface ErrorEnvelope {
  readonly data: Readonly<Record<string, unknown>>
  readonly message: string
  readonly status: number
}

/**
 * Answers whatever a handler threw: an ApiError as it says, anything else as a defect, which is
 * logged and answered without a word about its cause.
 */
export function onError(error: unknown, c: Context<AppEnv>): Response {
  const refusal = asApiError(error)
  if (refusal.status >= 500) logDefect(error, c)
  const retryAfterSeconds =
    refusal.retryAfterSeconds ?? (refusal.status === 503 ? outageSeconds : undefined)
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds))
  return c.json(errorEnvelope(refusal), refusal.status)
}

/** Outages that pass at all mostly do within seconds. */
const outageSeconds = 5

/** Answers a path or method that no route has. There is no 405, as in PocketBase. */
export function answerNotFound(c: Context<AppEnv>): Response {
  const isPageRequest = c.req.method === 'GET' || c.req.method === 'HEAD'
  // Hono notes only what is thrown.
  c.error = new ApiError(isPageRequest ? commonErrors.fileNotFound : commonErrors.notFound)
  return onError(c.error, c)
}

/** A refusal as the client reads it; also what a failed batch says of one of its requests. */
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

/** Objects have their keys in alphabetical order, as PocketBase's have. */
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

/** First letter upper case, a full stop at the end unless a sentence ends there already. */
function sentence(text: string): string {
  const trimmed = text.trim()
  const capitalised = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.?!]$|^$/.test(capitalised) ? capitalised : `${capitalised}.`
}

function logDefect(error: unknown, c: Context<AppEnv>): void {
  const { method } = c.req
  const path = redactAddress(c.req.path)
  // oxlint-disable-next-line no-console -- the one place where a defect becomes known
  console.error({ requestId: c.get('requestId'), method, path, error: describe(error) })
}

/** An error and its causes, without what a query was called with: those are people's data. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `thrown value of type ${typeof error}`
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`
  // Drizzle's message holds the statement's parameters, and so does the stack.
  const isQueryError = error.message.startsWith('Failed query')
  const text = isQueryError ? `${error.name}: a query failed` : (error.stack ?? error.message)
  return text + cause
}
