import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, map } from '#database/query.ts'
import { totpsTable } from '#database/schema.ts'
import { ownedBy, selectTotps } from '#database/second-factors.ts'
import { assertValid, issuesOf, length } from '#go-compat/validation-rules.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { FormRequest } from '#auth/form-request.ts'
import { requireAuth, requireCallerOf, requireCollection } from '#auth/guards.ts'
import { maxNameLength } from './enrol-totp.ts'
import { type FactorItem, factorItem } from './factor-json.ts'

/** The body to rename a factor. */
export const renameForm = lazy(() => z.object({ name: z.string().default('') }))

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
}

/** A request to rename a factor of the caller. */
export interface RenameRequest extends FormRequest<z.output<ReturnType<typeof renameForm>>> {
  readonly factorId: string
}

/**
 * Renames a factor of the caller.
 *
 * Database: 1 batch. KV: 1 read.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `authCollectionMissing`, `loadingFailed`, `validationFailed`, `notFound`
 */
export async function renameFactor(
  { transactor, rateLimiter }: Ports,
  request: RenameRequest,
): Promise<FactorItem> {
  return await transactor.write(async (context) => {
    rateLimiter.count(context)
    const named = requireCollection(context, request.collection)
    const { recordId } = requireCallerOf(context, named)
    const owner = { collection: requireAuth(named), recordId }
    const { name } = await request.form()
    assertValid(issuesOf({ name: length(0, maxNameLength)(name) }))
    const isNamed = sql`"id" = ${request.factorId}`
    const rename = sql`UPDATE ${totpsTable} SET "name" = ${name} WHERE ${ownedBy(owner)} AND ${isNamed}`
    const renamed = after([rename], selectTotps(owner, context.now, isNamed))
    return map(renamed, ([totp]) => {
      if (totp === undefined) throw new ApiError(commonErrors.notFound)
      return factorItem(totp)
    })
  })
}
