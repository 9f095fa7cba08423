import { ApiError } from '#kernel/errors.ts'
import { authErrors } from '#auth/errors.ts'
import type { FoundChallenge } from './challenge.ts'

/**
 * A challenge that can be answered.
 *
 * @throws {ApiError} `mfaExpired`, `mfaForeign`
 */
export function requireChallenge(challenge: FoundChallenge): FoundChallenge {
  if (challenge.state === 'expired') throw new ApiError(authErrors.mfaExpired)
  if (challenge.state === 'foreign') throw new ApiError(authErrors.mfaForeign)
  return challenge
}
