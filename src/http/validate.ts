import { zValidator } from '@hono/zod-validator'
import type * as z from 'zod'
import { ApiError, commonErrors } from '#kernel/errors.ts'

/**
 * Validates the query of an endpoint of our own; the handler reads it by `c.req.valid('query')`.
 * What PocketBase answers too is read more leniently, as it reads it.
 *
 * @throws {ApiError} `bad_request`
 */
export function validateQuery<Schema extends z.ZodType>(schema: Schema) {
  return zValidator('query', schema, (result) => {
    if (!result.success) throw new ApiError(commonErrors.badRequest, { cause: result.error })
  })
}
