import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the collections API. Messages of the database are appended. */
export const collectionErrors = {
  typeMalformed: {
    code: 'collection_type_malformed',
    status: 400,
    message: 'Failed to load the collection type data due to invalid formatting.',
  },
  malformed: {
    code: 'collection_malformed',
    status: 400,
    message: 'Failed to load the submitted data due to invalid formatting.',
  },
  createFailed: {
    code: 'collection_create_failed',
    status: 400,
    message: 'Failed to create collection.',
  },
  updateFailed: {
    code: 'collection_update_failed',
    status: 400,
    message: 'Failed to update collection.',
  },
  deleteFailed: {
    code: 'collection_delete_failed',
    status: 400,
    message: 'Failed to delete collection.',
  },
  keptInCode: {
    code: 'collections_kept_in_code',
    status: 403,
    message: 'Definitions of this deployment are kept in code.',
  },
  viewNotTruncatable: {
    code: 'view_not_truncatable',
    status: 400,
    message: "View collections cannot be truncated since they don't store their own records.",
  },
  truncateFailed: {
    code: 'collection_truncate_failed',
    status: 400,
    message:
      'Failed to truncate collection (most likely due to required cascade delete record references).',
  },
  importFailed: {
    code: 'collections_import_failed',
    status: 400,
    message: 'Failed to import collections.',
  },
  viewQueryInvalid: {
    code: 'view_query_invalid',
    status: 400,
    message: 'Invalid view query.',
  },
} as const satisfies Record<string, ErrorSpec>
