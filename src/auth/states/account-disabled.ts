import { ApiError } from '#kernel/errors.ts'
import { authErrors } from '#auth/errors.ts'

/** The error for an account that has proved its identity and is disabled. */
export function accountDisabled({
  disabledUntil = '',
}: {
  readonly disabledUntil?: string | undefined
}): ApiError {
  const { code, message } = authErrors.accountDisabled
  const issue = { code, message, params: { until: disabledUntil } }
  return new ApiError(authErrors.accountDisabled, { issues: { account: issue } })
}
