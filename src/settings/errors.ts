import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the settings routes, with PocketBase's messages. */
export const settingsErrors = {
  savingFailed: {
    code: 'settings_saving_failed',
    status: 400,
    message: 'An error occurred while saving the new settings.',
  },
  testS3Failed: {
    code: 'test_s3_failed',
    status: 400,
    message: 'Failed to test the S3 filesystem.',
  },
} as const satisfies Record<string, ErrorSpec>
