import { authErrors } from '#auth/errors.ts'
import { type LinkKind, type LinkPorts, type LinkRequest, mailLink } from './mail-link.ts'

const passwordResetLink: LinkKind = {
  kind: 'passwordReset',
  tag: 'requestPasswordReset',
  refusal: ({ auth }) => (auth.passwordAuth.enabled ? undefined : authErrors.passwordsNotUsed),
  template: ({ resetPasswordTemplate }) => resetPasswordTemplate,
}

/**
 * Mails an account the link to reset its password. Unknown addresses get the same response and no
 * mail.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `passwordsNotUsed`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`
 */
export async function requestPasswordReset(ports: LinkPorts, request: LinkRequest): Promise<void> {
  await mailLink(ports, request, passwordResetLink)
}
