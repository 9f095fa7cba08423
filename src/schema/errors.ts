import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of plans of definitions. */
export const schemaErrors = {
  malformed: {
    code: 'schema_malformed',
    status: 400,
    message: 'Failed to read the definitions.',
  },
  refused: {
    code: 'schema_refused',
    status: 400,
    message: 'The plan contains changes that are not allowed.',
  },
  failed: {
    code: 'schema_failed',
    status: 400,
    message: 'The database refused the plan.',
  },
  stale: {
    code: 'schema_stale',
    status: 409,
    message: 'The deployment has changed since the plan was made.',
  },
} as const satisfies Record<string, ErrorSpec>
