import { sql } from 'drizzle-orm'
import { isSuperusers } from '#catalog/system-collections.ts'
import { authErrors } from '#auth/errors.ts'
import { type LinkKind, type LinkPorts, type LinkRequest, mailLink } from './mail-link.ts'

const verificationLink: LinkKind = {
  kind: 'verification',
  tag: 'requestVerification',
  refusal: (collection) =>
    isSuperusers(collection) ? authErrors.superusersAreVerified : undefined,
  template: ({ verificationTemplate }) => verificationTemplate,
  condition: sql`"verified" = 0`,
}

/**
 * Mails an account the link to verify its address. Verified accounts and unknown addresses get the
 * same response and no mail.
 *
 * Database: 2 batches.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `superusersAreVerified`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`
 */
export async function requestVerification(ports: LinkPorts, request: LinkRequest): Promise<void> {
  await mailLink(ports, request, verificationLink)
}
