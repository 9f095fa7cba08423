import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the cron routes, with PocketBase's messages. */
export const cronErrors = {
  jobMissing: { code: 'cron_job_missing', status: 404, message: 'Missing or invalid cron job.' },
} as const satisfies Record<string, ErrorSpec>
