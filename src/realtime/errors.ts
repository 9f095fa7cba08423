import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the realtime routes, with PocketBase's messages. */
export const realtimeErrors = {
  clientMissing: {
    code: 'realtime_client_missing',
    status: 404,
    message: 'Missing or invalid client id.',
  },
  otherAddress: {
    code: 'realtime_other_address',
    status: 400,
    message: 'Invalid realtime client.',
  },
  otherAccount: {
    code: 'realtime_other_account',
    status: 403,
    message: "The current and the previous request authorization don't match.",
  },
  tooManyOptions: {
    code: 'realtime_too_many_options',
    status: 429,
    message: 'Guests at this address have too many subscriptions with different options.',
  },
} as const satisfies Record<string, ErrorSpec>
