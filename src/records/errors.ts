import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the record routes, with PocketBase's messages. */
export const recordErrors = {
  stepUpRequired: {
    code: 'step_up_required',
    status: 403,
    message: 'A recent sign-in is required.',
  },
  collectionMissing: {
    code: 'collection_missing',
    status: 404,
    message: 'Missing collection context.',
  },
  writtenCollectionMissing: {
    code: 'written_collection_missing',
    status: 404,
    message: 'Missing or invalid collection context.',
  },
  unsupportedCollection: {
    code: 'unsupported_collection',
    status: 400,
    message: 'Unsupported collection type.',
  },
  filterByCollection: {
    code: 'filter_by_collection',
    status: 403,
    message: 'Only superusers can filter by @collection.',
  },
  filterByRequest: {
    code: 'filter_by_request',
    status: 403,
    message: 'Only superusers can filter by @request.',
  },
  filterTooBroad: {
    code: 'filter_too_broad',
    status: 400,
    message: 'The filter compares too many combinations of related records.',
  },
  filterTooComplex: {
    code: 'filter_too_complex',
    status: 400,
    message:
      'The filter or sort is too complex: the database takes about 80 levels of groups and relations, and 62 relations side by side.',
  },
  expandTooLarge: {
    code: 'expand_too_large',
    status: 400,
    message:
      'The expanded relations make the response too large. Expand fewer relations or request fewer records.',
  },
  createFailed: { code: 'create_failed', status: 400, message: 'Failed to create record.' },
  updateFailed: { code: 'update_failed', status: 400, message: 'Failed to update record.' },
  deleteFailed: {
    code: 'delete_failed',
    status: 400,
    message:
      'Failed to delete record. Make sure that the record is not part of a required relation reference.',
  },
  lastSuperuser: {
    code: 'last_superuser',
    status: 400,
    message: "You can't delete the only existing superuser.",
  },
  batchDisabled: {
    code: 'batch_disabled',
    status: 403,
    message: 'Batch requests are not allowed.',
  },
  batchUnreadable: {
    code: 'batch_unreadable',
    status: 400,
    message: 'Failed to read the submitted batch data.',
  },
  batchInvalid: { code: 'batch_invalid', status: 400, message: 'Invalid batch request data.' },
  preconditionFailed: {
    code: 'precondition_failed',
    status: 412,
    message: 'The record has been changed meanwhile.',
  },
  idempotencyKeyInvalid: {
    code: 'idempotency_key_invalid',
    status: 400,
    message: 'The idempotency key is invalid.',
  },
  idempotencyKeyReused: {
    code: 'idempotency_key_reused',
    status: 422,
    message: 'The idempotency key was used for another request.',
  },
  batchFailed: { code: 'batch_failed', status: 400, message: 'Batch transaction failed.' },
} as const satisfies Record<string, ErrorSpec>
