import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the cron routes, with PocketBase's messages where it has them. */
export const cronErrors = {
  jobMissing: { code: 'cron_job_missing', status: 404, message: 'Missing or invalid cron job.' },
  jobFailed: { code: 'cron_job_failed', status: 400, message: 'The job failed. Raw error:\n' },
} as const satisfies Record<string, ErrorSpec>
