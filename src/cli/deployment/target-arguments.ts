import { resolve } from 'node:path'
import type { DeploymentTarget } from './deployment.ts'
import { UsageError } from '#cli/terminal/usage.ts'

/** The options that select the deployment. */
export const targetOptions = {
  remote: { type: 'boolean', default: false },
  'persist-to': { type: 'string' },
} as const

/**
 * Reads the deployment from the options.
 *
 * @param folder the base of relative paths
 * @param help the command that shows all options
 * @throws {UsageError} If both are given.
 */
export function readTarget(
  { remote, 'persist-to': persistTo }: { readonly remote: boolean; readonly 'persist-to'?: string },
  folder: string,
  help: string,
): DeploymentTarget {
  if (remote && persistTo !== undefined) {
    throw new UsageError(`--persist-to and --remote cannot be combined. For help: ${help}`)
  }
  if (remote) return { location: 'remote' }
  return {
    location: 'local',
    ...(persistTo === undefined ? {} : { persistTo: resolve(folder, persistTo) }),
  }
}

/** The name of a deployment in messages. */
export function targetName({ location, persistTo }: DeploymentTarget): string {
  if (location === 'remote') return 'the deployed Arete'
  return persistTo === undefined ? 'the local Arete' : `the local Arete in ${persistTo}`
}
