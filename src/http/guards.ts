import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Caller } from './caller.ts'

/**
 * Throws unless the caller claims to be a superuser. For planners: the batch confirms the claim.
 *
 * @throws {ApiError} `record_token_required` for guests, `record_not_allowed` for others
 */
export function assertSuperuser(caller: Caller | undefined): asserts caller is Caller {
  if (caller === undefined) throw new ApiError(commonErrors.recordTokenRequired)
  if (!caller.isSuperuser) throw new ApiError(commonErrors.recordNotAllowed)
}
