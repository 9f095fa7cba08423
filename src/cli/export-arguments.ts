import { resolve } from 'node:path'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readTarget, targetOptions } from '#cli/deployment/target-arguments.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run export`. */
export const exportHelp = `Exports a data folder for PocketBase 0.39: collections, rules, indexes, records,
accounts, settings and files.

  npm run export -- FOLDER    into a folder that is empty or does not exist

  --remote                from the deployed Arete instead of the local one
  --data FOLDER           from the data folder of a server on Node
  --persist-to FOLDER     from the local Arete in this folder, like wrangler's option

No account can sign in to PocketBase with a password that was set or used in Arete, because
PocketBase does not support its kind of hash. The command lists these accounts. Their users can
reset their password by mail.
`

/** The parsed command line. */
export type ExportCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'export'
      /** An absolute path. */
      readonly folder: string
      readonly target: DeploymentTarget
    }

const help = 'npm run export -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @param usual the deployment if no option selects one
 * @throws {UsageError}
 */
export function parseExportArguments(
  args: readonly string[],
  folder: string,
  usual?: DeploymentTarget,
): ExportCommand {
  const { positionals, values } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        ...targetOptions,
      },
    },
    help,
  )
  if (values.help || args.length === 0) return { action: 'help' }

  const [destination, ...others] = positionals
  if (destination === undefined || others.length > 0) {
    throw new UsageError(`Expected: npm run export -- FOLDER. For help: ${help}`)
  }
  return {
    action: 'export',
    folder: resolve(folder, destination),
    target: readTarget(values, folder, help, usual),
  }
}
