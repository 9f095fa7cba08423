/** An issue of one value: a stable code, a message for people, and the numbers in it. */
export interface FieldIssue {
  readonly code: string
  readonly message: string
  readonly params?: Readonly<Record<string, unknown>>
  /** The response that a single request would have had. Only inside a failed batch. */
  readonly response?: unknown
}

/** Issues by field name, nested like the rejected document. Array positions are keys. */
export interface Issues {
  readonly [key: string]: FieldIssue | Issues
}

/** An error's stable code, HTTP status and message. */
export interface ErrorSpec {
  readonly code: string
  readonly status:
    | (400 | 401 | 402 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 451)
    | (500 | 503)
  readonly message: string
}

/**
 * A failure the caller can act on. Any other error is a defect and becomes a 500 response.
 *
 * The message and the issues reach the client. `cause` reaches only the log.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: ErrorSpec['status']
  readonly issues: Issues
  /** Seconds after which a retry makes sense. Becomes the header `Retry-After`. */
  readonly retryAfterSeconds: number | undefined
  /** The tag of what the request was about. Becomes the header `ETag`. */
  readonly etag: string | undefined
  /** The collection and rule that decided, such as `posts.viewRule`. Reaches only the log. */
  readonly rule: string | undefined

  constructor(
    spec: ErrorSpec,
    details: {
      issues?: Issues
      cause?: unknown
      message?: string
      retryAfterSeconds?: number
      etag?: string
      rule?: string
    } = {},
  ) {
    super(details.message ?? spec.message, { cause: details.cause })
    this.code = spec.code
    this.status = spec.status
    this.issues = details.issues ?? {}
    this.retryAfterSeconds = details.retryAfterSeconds
    this.etag = details.etag
    this.rule = details.rule
  }
}

/** Errors that belong to no capability, with PocketBase's default messages. */
export const commonErrors = {
  badRequest: {
    code: 'bad_request',
    status: 400,
    message: 'Something went wrong while processing your request.',
  },
  unauthorized: {
    code: 'unauthorized',
    status: 401,
    message: 'Missing or invalid authentication.',
  },
  forbidden: {
    code: 'forbidden',
    status: 403,
    message: 'You are not allowed to perform this request.',
  },
  notFound: { code: 'not_found', status: 404, message: "The requested resource wasn't found." },
  fileNotFound: { code: 'file_not_found', status: 404, message: 'File not found.' },
  bodyTooLarge: { code: 'body_too_large', status: 413, message: 'Request entity too large.' },
  tooManyRequests: { code: 'too_many_requests', status: 429, message: 'Too Many Requests.' },
  unsupportedContentType: {
    code: 'unsupported_content_type',
    status: 400,
    message: 'Unsupported Content-Type.',
  },
  loadingFailed: {
    code: 'loading_failed',
    status: 400,
    message: 'An error occurred while loading the submitted data.',
  },
  validationFailed: {
    code: 'validation_failed',
    status: 400,
    message: 'An error occurred while validating the submitted data.',
  },
  superusersOnly: {
    code: 'superusers_only',
    status: 403,
    message: 'Only superusers can perform this action.',
  },
  recordTokenRequired: {
    code: 'record_token_required',
    status: 401,
    message: 'The request requires valid record authorization token.',
  },
  recordNotAllowed: {
    code: 'record_not_allowed',
    status: 403,
    message: 'The authorized record is not allowed to perform this action.',
  },
  transactionConflict: {
    code: 'transaction_conflict',
    status: 409,
    message: 'The records kept changing meanwhile. Please try again.',
  },
  internal: {
    code: 'internal',
    status: 500,
    message: 'Something went wrong while processing your request.',
  },
  unavailable: {
    code: 'unavailable',
    status: 503,
    message: 'The service is temporarily unavailable. Please try again later.',
  },
} as const satisfies Record<string, ErrorSpec>

/** The issue of a value that must not be blank. */
export const required: FieldIssue = { code: 'validation_required', message: 'Cannot be blank.' }

/** True for a leaf of a tree of issues. */
export function isFieldIssue(node: FieldIssue | Issues): node is FieldIssue {
  return typeof node['code'] === 'string'
}
