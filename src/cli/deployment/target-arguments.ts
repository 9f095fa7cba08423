import { resolve } from 'node:path'
import type { DeploymentTarget } from './deployment.ts'
import { UsageError } from '#cli/terminal/usage.ts'

/** The options that select the deployment. */
export const targetOptions = {
  remote: { type: 'boolean', default: false },
  data: { type: 'string' },
  'persist-to': { type: 'string' },
} as const

/** The values of these options. */
interface TargetValues {
  readonly remote: boolean
  readonly data?: string
  readonly 'persist-to'?: string
}

/** The deployment of the npm scripts: the one of `npm start`. */
const ofScripts: DeploymentTarget = { location: 'local' }

/**
 * Reads the deployment from the options.
 *
 * @param folder the base of relative paths
 * @param help the command that shows all options
 * @param usual the deployment if no option selects one
 * @throws {UsageError} If several are given.
 */
export function readTarget(
  { remote, data, 'persist-to': persistTo }: TargetValues,
  folder: string,
  help: string,
  usual: DeploymentTarget = ofScripts,
): DeploymentTarget {
  const given = [
    ...(persistTo === undefined ? [] : ['--persist-to']),
    ...(data === undefined ? [] : ['--data']),
    ...(remote ? ['--remote'] : []),
  ]
  if (given.length > 1) {
    throw new UsageError(`${given.join(' and ')} cannot be combined. For help: ${help}`)
  }
  if (remote) return { location: 'remote' }
  if (data !== undefined) return { location: 'folder', folder: resolve(folder, data) }
  return persistTo === undefined
    ? usual
    : { location: 'local', persistTo: resolve(folder, persistTo) }
}

/** The name of a deployment in messages. */
export function targetName(target: DeploymentTarget): string {
  if (target.location === 'remote') return 'the deployed Arete'
  if (target.location === 'folder') return `the Arete in ${target.folder}`
  return target.persistTo === undefined
    ? 'the local Arete'
    : `the local Arete in ${target.persistTo}`
}

/** The options that select the target, as they are typed after others. */
export function targetArguments(target: DeploymentTarget): string {
  if (target.location === 'remote') return ' --remote'
  if (target.location === 'folder') return ` --data ${JSON.stringify(target.folder)}`
  return target.persistTo === undefined ? '' : ` --persist-to ${JSON.stringify(target.persistTo)}`
}
