import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the log routes, with PocketBase's messages. */
export const logErrors = {
  filterInvalid: { code: 'log_filter_invalid', status: 400, message: 'Invalid filter format.' },
} as const satisfies Record<string, ErrorSpec>
