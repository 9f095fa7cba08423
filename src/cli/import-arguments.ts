import { resolve } from 'node:path'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readTarget, targetOptions } from '#cli/deployment/target-arguments.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run import`. */
export const importHelp = `Imports a PocketBase: collections, rules, indexes, records, accounts with their passwords,
settings and files. A folder pb_public beside the data is copied to public/.

  npm run import -- PB_DATA_FOLDER        the data folder of a stopped PocketBase, 0.23 or later
  npm run import -- BACKUP.zip            or a backup made by PocketBase

  --remote                into the deployed Arete instead of the local one
  --data FOLDER           into the data folder of a server on Node, which must not be running
  --replace               replaces existing records, and existing files in public/
  --without-public        does not copy pb_public
  --dry-run               reports what would be imported, without changing anything
  --encryption-env NAME   the environment variable with the key of PocketBase's settings, as its
                          own option --encryptionEnv names it
  --persist-to FOLDER     into the local Arete in this folder, like wrangler's option

Run an interrupted import again to resume it. The deployment does not change until the last step.
`

/** The parsed command line. */
export type ImportCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'import'
      /** The folder or archive, as an absolute path. */
      readonly source: string
      readonly target: DeploymentTarget
      readonly existing: 'keep' | 'replace'
      readonly isDryRun: boolean
      /** Does not import the front end. */
      readonly withoutPublic: boolean
      /** The environment variable with the key of the settings. */
      readonly encryptionEnv: string | undefined
    }

const help = 'npm run import -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @param usual the deployment if no option selects one
 * @throws {UsageError}
 */
export function parseImportArguments(
  args: readonly string[],
  folder: string,
  usual?: DeploymentTarget,
): ImportCommand {
  const { positionals, values } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        ...targetOptions,
        replace: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        'without-public': { type: 'boolean', default: false },
        'encryption-env': { type: 'string' },
      },
    },
    help,
  )
  if (values.help || args.length === 0) return { action: 'help' }

  const [source, ...others] = positionals
  if (source === undefined || others.length > 0) {
    throw new UsageError(`Expected: npm run import -- PB_DATA_FOLDER. For help: ${help}`)
  }
  return {
    action: 'import',
    source: resolve(folder, source),
    target: readTarget(values, folder, help, usual),
    existing: values.replace ? 'replace' : 'keep',
    isDryRun: values['dry-run'],
    withoutPublic: values['without-public'],
    encryptionEnv: values['encryption-env'],
  }
}
