/* What a command checks of the deployment that it loads content into. */
import type { ExistingContent } from '#transfer/existing-content.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { counted } from '#cli/terminal/wording.ts'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'

/**
 * @param loading the word for the command, such as `An import`
 * @throws {UsageError} If there is content to lose.
 */
export function expectNothing({ collections, records }: ExistingContent, loading: string): void {
  if (collections.length === 0 && records === 0) return
  const found = [
    ...(records > 0 ? [counted(records, 'record')] : []),
    ...(collections.length > 0
      ? [`the ${collections.length === 1 ? 'collection' : 'collections'} ${collections.join(', ')}`]
      : []),
  ]
  throw new UsageError(
    `This Arete is not empty. It has ${found.join(', and ')}. ${loading} replaces everything. ` +
      'Use --replace to do so.',
  )
}

/**
 * The error to show for a failed load: a deployed database is only migrated on deployment, others
 * are migrated when they are opened.
 */
export function loadFailure(target: DeploymentTarget, error: unknown): unknown {
  const isOutdated =
    target.location === 'remote' &&
    error instanceof Error &&
    /no such (?:table|column)/.test(error.message)
  if (!isOutdated) return error
  return new UsageError('The deployed database is not up to date. Run npm run deploy first.', {
    cause: error,
  })
}
