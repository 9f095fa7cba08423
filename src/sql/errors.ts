import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the SQL route, with PocketBase's messages. */
export const sqlErrors = {
  failed: { code: 'sql_failed', status: 400, message: 'Failed to execute query. Raw error:\n' },
} as const satisfies Record<string, ErrorSpec>
