import { ClientResponseError } from 'pocketbase'
import { t } from '#dashboard/text/t.ts'

/** The failure of a request, from the error envelope of the API. */
export interface Failure {
  /** 0 if there was no response. */
  readonly status: number
  readonly message: string
  /** Errors of single values, by path: `title`, `fields.2.max`. */
  readonly fields: ReadonlyMap<string, string>
  readonly retryAfterSeconds?: number
  readonly requestId?: string
}

/** Converts an error thrown by a request. */
export function readFailure(error: unknown): Failure {
  if (!(error instanceof ClientResponseError)) {
    return {
      status: 0,
      message: error instanceof Error ? error.message : String(error),
      fields: new Map(),
    }
  }
  const { status, response } = error
  const { message, data, retryAfterSeconds, requestId } = response as Record<string, unknown>
  return {
    status,
    message: typeof message === 'string' && message !== '' ? message : error.message,
    fields: new Map(fieldErrors(data)),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
}

/** Describes a failure in a sentence or two: what happened, and what is certain. */
export function describeFailure({ status, message, retryAfterSeconds }: Failure): string {
  if (status === 0) return t.errors.unreachable
  if (status === 403) return `${t.errors.forbidden} ${message}`
  if (status === 429) return t.errors.tooMany({ seconds: retryAfterSeconds })
  if (status >= 500) return t.errors.server({ status })
  return message
}

/** The errors of single values in the data of an envelope, by path. */
export function readFieldErrors(data: unknown): ReadonlyMap<string, string> {
  return new Map(fieldErrors(data))
}

/** An error is an object with a message; anything else contains errors of its parts. */
function* fieldErrors(data: unknown, path = ''): Generator<[string, string]> {
  if (typeof data !== 'object' || data === null) return
  const { code, message } = data as Record<string, unknown>
  if (path !== '' && typeof message === 'string' && typeof code === 'string') {
    yield [path, message]
    return
  }
  for (const [name, part] of Object.entries(data)) {
    yield* fieldErrors(part, path === '' ? name : `${path}.${name}`)
  }
}
