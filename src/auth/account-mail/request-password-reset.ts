import { authErrors } from '#auth/errors.ts'
import { type LinkKind, type LinkPorts, type LinkRequest, mailLink } from './mail-link.ts'

const passwordResetLink: LinkKind = {
  kind: 'passwordReset',
  tag: 'requestPasswordReset',
  refusal: ({ auth }) => (auth.passwordAuth.enabled ? undefined : authErrors.passwordsNotUsed),
  template: ({ resetPasswordTemplate }) => resetPasswordTemplate,
}

/**
 * Mails an account the link to a new password. Addresses that nobody has are answered alike and
 * mailed nothing.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `passwordsNotUsed`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`
 */
export async function requestPasswordReset(ports: LinkPorts, request: LinkRequest): Promise<void> {
  await mailLink(ports, request, passwordResetLink)
}
