import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the log routes. The filter's has PocketBase's message. */
export const logErrors = {
  filterInvalid: { code: 'log_filter_invalid', status: 400, message: 'Invalid filter format.' },
  dateInvalid: { code: 'log_date_invalid', status: 400, message: 'Invalid date in from or to.' },
  stepInvalid: {
    code: 'log_step_invalid',
    status: 400,
    message: 'The step must be minute, hour or day.',
  },
  summaryTooLong: {
    code: 'log_summary_too_long',
    status: 400,
    message: 'The range has more than 500 steps. Choose a longer step or a shorter range.',
  },
} as const satisfies Record<string, ErrorSpec>
