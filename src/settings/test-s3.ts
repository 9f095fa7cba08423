import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { ApiError } from '#kernel/errors.ts'
import { assertValid, issuesOf, firstIssue, oneOf, required } from '#go-compat/validation-rules.ts'
import { settingsErrors } from './errors.ts'
import type { Settings } from './settings.ts'

/** The form for testing an S3 store. */
export const testS3Form = lazy(() =>
  z.object({
    /** `storage` or `backups`. */
    filesystem: z.string().default(''),
  }),
)

/**
 * Always fails: files are stored in R2, which needs no settings, so no S3 store is ever in use.
 *
 * @throws {ApiError} `testS3Failed`
 */
export function testS3(
  settings: Settings,
  { filesystem }: z.output<ReturnType<typeof testS3Form>>,
): never {
  const { testS3Failed } = settingsErrors
  assertValid(
    issuesOf({ filesystem: firstIssue(filesystem, required, oneOf('storage', 'backups')) }),
    testS3Failed,
  )
  const { enabled } = filesystem === 'backups' ? settings.backups.s3 : settings.s3
  const reason = enabled
    ? 'files are kept in R2, and S3 is not supported'
    : 'S3 storage filesystem is not enabled'
  throw new ApiError(testS3Failed, { message: `${testS3Failed.message} Raw error: \n${reason}` })
}
