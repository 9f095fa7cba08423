import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the mail endpoints, with PocketBase's messages. */
export const mailErrors = {
  testMailFailed: {
    code: 'test_mail_failed',
    status: 400,
    message: 'Failed to send the test email.',
  },
} as const satisfies Record<string, ErrorSpec>
