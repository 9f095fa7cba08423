import type { ErrorSpec } from '#kernel/errors.ts'

/** Errors of the webhook endpoints. */
export const webhookErrors = {
  createFailed: {
    code: 'webhook_create_failed',
    status: 400,
    message: 'Failed to create webhook.',
  },
  updateFailed: {
    code: 'webhook_update_failed',
    status: 400,
    message: 'Failed to update webhook.',
  },
  tooMany: {
    code: 'webhook_limit',
    status: 400,
    message: 'A deployment has at most 50 webhooks.',
  },
  notSent: {
    code: 'webhook_not_sent',
    status: 400,
    message: 'This deployment sends no webhooks.',
  },
} as const satisfies Record<string, ErrorSpec>
