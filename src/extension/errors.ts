import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of an application's hooks. */
export const hookErrors = {
  failed: {
    code: 'hook_failed',
    status: 400,
    message: 'Something went wrong while processing your request.',
  },
  timeout: {
    code: 'hook_timeout',
    status: 400,
    message: 'A check of this request took too long. Please try again.',
  },
  tooDeep: {
    code: 'hook_depth',
    status: 400,
    message: 'Something went wrong while processing your request.',
  },
} as const satisfies Record<string, ErrorSpec>
