import { ApiError, type ErrorSpec, type FieldIssue } from '#kernel/errors.ts'

/** Options of a refusal. */
export interface RefuseOptions {
  /** 400 if it is left out. */
  readonly status?: Exclude<ErrorSpec['status'], 500 | 503>
  /** The code of each issue: `hook_refused` if it is left out. */
  readonly code?: string
}

const refusedMessage = 'The request was refused.'

/**
 * The error by which a hook or a route refuses a request, to throw: a message, or a message for each
 * field.
 */
export function refuse(
  reason: string | Readonly<Record<string, string>>,
  { status = 400, code = 'hook_refused' }: RefuseOptions = {},
): ApiError {
  const isMessage = typeof reason === 'string'
  const spec: ErrorSpec = { code, status, message: isMessage ? reason : refusedMessage }
  if (isMessage) return new Refusal(spec)
  const issues = Object.fromEntries(
    Object.entries(reason).map(([field, message]): [string, FieldIssue] => [
      field,
      { code, message },
    ]),
  )
  return new Refusal(spec, { issues })
}

/** A refusal of the application, as opposed to an error that its code met. */
export class Refusal extends ApiError {}
