import { dictionary } from '#kernel/dictionary.ts'
import { type Json, json, ref } from './json.ts'

/** The errors that responses have by name, in components. */
export const errorResponses = {
  400: ['BadRequest', 'The request is invalid. `data` has the issue of each field.'],
  401: ['Unauthorized', 'The request needs a valid token.'],
  403: ['Forbidden', 'The caller may not do this.'],
  404: ['NotFound', 'It does not exist, or the caller may not see it.'],
  412: ['PreconditionFailed', 'A condition of the request does not hold.'],
  413: ['TooLarge', 'The body is too large.'],
  416: ['RangeInvalid', 'The file has no such range.'],
  422: ['KeyReused', 'The idempotency key was used for another request.'],
  429: ['TooManyRequests', 'Too many requests. Try again after `Retry-After` seconds.'],
  503: ['Unavailable', 'A part of the service cannot be reached. Try again later.'],
} as const

type ErrorStatus = keyof typeof errorResponses

/** A method of an HTTP request, as documents spell it. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** An operation before it is written out. */
export interface OperationSketch {
  readonly method: Method
  readonly path: string
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** `superuser`: only with a superuser's token; `account`: with any; else a token is optional. */
  readonly needs?: 'superuser' | 'account'
  readonly parameters?: readonly Json[]
  /** The content of the body, by type. */
  readonly body?: Json
  readonly isBodyOptional?: boolean
  /** The schema of the response in JSON, or the whole content; undefined for 204. */
  /** The status of a response with a body; 200 by default. */
  readonly status?: 200 | 202
  readonly answer?: { readonly schema: Json } | { readonly content: Json }
  /** Errors besides 429 and 503, which any request can have. */
  readonly errors?: readonly ErrorStatus[]
  /** Responses besides the usual ones, by status. */
  readonly others?: Readonly<Record<string, Json>>
}

/** The item of `paths` and its key. */
export type PathEntry = readonly [
  path: string,
  method: Method,
  operation: Json & { readonly tags: readonly string[] },
]

/** Writes out an operation. */
export function operation(sketch: OperationSketch): PathEntry {
  const { method, path, id, tag, summary, description, needs, body, answer, others = {} } = sketch
  const parameters = [...pathParameters(path), ...(sketch.parameters ?? [])]
  return [
    path,
    method,
    {
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(needs === undefined ? {} : { security: [{ token: [] }] }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === undefined
        ? {}
        : { requestBody: { required: sketch.isBodyOptional !== true, content: body } }),
      responses: dictionary([
        ...(answer === undefined
          ? [['204', { description: 'Done. There is no body.' }] as const]
          : [
              [
                String(sketch.status ?? 200),
                { description: 'Success.', content: contentOf(answer) },
              ] as const,
            ]),
        ...Object.entries(others),
        ...errorsOf(sketch),
      ]),
    },
  ]
}

function contentOf(answer: { readonly schema: Json } | { readonly content: Json }): Json {
  return 'schema' in answer ? json(answer.schema) : answer.content
}

function errorsOf({ needs, body, errors = [], others = {} }: OperationSketch): [string, Json][] {
  const usual: readonly ErrorStatus[] = [
    // The parameter `fields` of any request may be invalid.
    400,
    ...(needs === undefined ? [] : ([401] as const)),
    ...(needs === 'superuser' ? ([403] as const) : []),
    ...(body === undefined ? [] : ([413] as const)),
    429,
    503,
  ]
  return [...new Set([...usual, ...errors])]
    .filter((status) => !Object.hasOwn(others, String(status)))
    .toSorted((a, b) => a - b)
    .map((status) => [String(status), ref('responses', errorResponses[status][0])])
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }))
}
