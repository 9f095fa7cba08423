import type { ErrorSpec } from '#kernel/errors.ts'

/** What the sign-in and session routes refuse with, in PocketBase's words. */
export const authErrors = {
  collectionMissing: {
    code: 'collection_invalid',
    status: 404,
    message: 'Missing or invalid collection context.',
  },
  authCollectionMissing: {
    code: 'auth_collection_missing',
    status: 404,
    message: 'Missing or invalid auth collection context.',
  },
  otherCollectionRequired: {
    code: 'other_collection_required',
    status: 403,
    message: 'The request requires auth record from another collection.',
  },
  passwordAuthDisabled: {
    code: 'password_auth_disabled',
    status: 403,
    message: 'The collection is not configured to allow password authentication.',
  },
  authenticationFailed: {
    code: 'authentication_failed',
    status: 400,
    message: 'Failed to authenticate.',
  },
  authRuleUnsatisfied: {
    code: 'auth_rule_unsatisfied',
    status: 403,
    message: "The request doesn't satisfy the collection requirements to authenticate.",
  },
} as const satisfies Record<string, ErrorSpec>
