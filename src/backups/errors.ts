import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the backup routes, with PocketBase's messages where it has them. */
export const backupErrors = {
  busy: {
    code: 'backup_busy',
    status: 400,
    message: 'Try again later - another backup/restore process has already been started.',
  },
  createFailed: { code: 'backup_create_failed', status: 400, message: 'Failed to create backup.' },
  downloadForbidden: {
    code: 'backup_download_forbidden',
    status: 403,
    message: 'Insufficient permissions to access the resource.',
  },
  inUse: {
    code: 'backup_in_use',
    status: 400,
    message: 'The backup is currently being used and cannot be deleted.',
  },
  deleteFailed: {
    code: 'backup_delete_failed',
    status: 400,
    message: 'Invalid or already deleted backup file. Raw error: \nthere is no such backup',
  },
  restoreMissing: {
    code: 'backup_restore_missing',
    status: 400,
    message: 'Missing or invalid backup file.',
  },
  restoreForeign: {
    code: 'backup_restore_foreign',
    status: 400,
    message:
      'Missing or invalid backup file. This is a backup of PocketBase. Import it with npm run import.',
  },
} as const satisfies Record<string, ErrorSpec>
