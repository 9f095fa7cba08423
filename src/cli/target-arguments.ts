import { resolve } from 'node:path'
import type { DeploymentTarget } from './deployment.ts'
import { UsageError } from './usage.ts'

/** The options that say which deployment a command is about. */
export const targetOptions = {
  remote: { type: 'boolean', default: false },
  'persist-to': { type: 'string' },
} as const

/**
 * The deployment that the options name.
 *
 * @param folder what paths are relative to
 * @param help the command that shows all options
 * @throws {UsageError} for both at once
 */
export function readTarget(
  { remote, 'persist-to': persistTo }: { readonly remote: boolean; readonly 'persist-to'?: string },
  folder: string,
  help: string,
): DeploymentTarget {
  if (remote && persistTo !== undefined) {
    throw new UsageError(
      `--persist-to is about a local Arete, --remote about another. For help: ${help}`,
    )
  }
  if (remote) return { location: 'remote' }
  return {
    location: 'local',
    ...(persistTo === undefined ? {} : { persistTo: resolve(folder, persistTo) }),
  }
}

/** What a person calls it. */
export function targetName({ location, persistTo }: DeploymentTarget): string {
  if (location === 'remote') return 'the deployed Arete'
  return persistTo === undefined ? 'the local Arete' : `the local Arete in ${persistTo}`
}
