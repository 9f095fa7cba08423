import type { ErrorSpec } from '#kernel/errors.ts'

/** What the endpoints about mail refuse with, in PocketBase's words. */
export const mailErrors = {
  testMailFailed: {
    code: 'test_mail_failed',
    status: 400,
    message: 'Failed to send the test email.',
  },
} as const satisfies Record<string, ErrorSpec>
