import type { PlanContext } from '#catalog/plan-context.ts'
import { ApiError } from '#kernel/errors.ts'
import { collectionErrors } from './errors.ts'

/**
 * Fails a change from the dashboard if the settings keep definitions in code.
 *
 * @throws {ApiError} `keptInCode`
 */
export function assertNotKeptInCode({ catalog }: Pick<PlanContext, 'catalog'>): void {
  const { source } = catalog.settings.arete.schema
  if (source === 'code') throw new ApiError(collectionErrors.keptInCode)
}
