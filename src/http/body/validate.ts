import { zValidator } from '@hono/zod-validator'
import type * as z from 'zod'
import { ApiError, commonErrors } from '#kernel/errors.ts'

/**
 * Validates the query of an endpoint of our own. Handlers read it with `c.req.valid('query')`.
 * Endpoints of PocketBase parse their queries as leniently as PocketBase does.
 *
 * @throws {ApiError} `bad_request`
 */
export function validateQuery<Schema extends z.ZodType>(schema: Schema) {
  return zValidator('query', schema, (result) => {
    if (!result.success) throw new ApiError(commonErrors.badRequest, { cause: result.error })
  })
}
