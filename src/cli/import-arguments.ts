import { resolve } from 'node:path'
import type { DeploymentTarget } from './deployment.ts'
import { readTarget, targetOptions } from './target-arguments.ts'
import { readArguments, UsageError } from './usage.ts'

/** What `npm run import` explains when asked. */
export const importHelp = `Moves a PocketBase in: collections, rules, indexes, records, accounts with their passwords,
settings and files. A folder pb_public beside the data goes into public/.

  npm run import -- PB_DATA_FOLDER        the data folder of a stopped PocketBase, 0.23 or later
  npm run import -- BACKUP.zip            or a backup that PocketBase made

  --remote                into the deployed Arete, not the local one of npm start
  --replace               even if it has records, or public/ has files of these names: they are
                          replaced
  --without-public        leaves pb_public where it is
  --dry-run               says what would be taken, and what not, and changes nothing
  --encryption-env NAME   the environment variable with the key of PocketBase's settings, as its
                          own option --encryptionEnv names it
  --persist-to FOLDER     into the local Arete that is kept there, as wrangler's option of this name

An import that was interrupted goes on where it was when it is started again. Until its last step
the deployment is what it was before.
`

/** What the command line asks for. */
export type ImportCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'import'
      /** The folder or archive, as an absolute path. */
      readonly source: string
      readonly target: DeploymentTarget
      readonly existing: 'keep' | 'replace'
      readonly isDryRun: boolean
      /** Leaves the front end behind. */
      readonly withoutPublic: boolean
      /** The name of the environment variable that holds the key of the settings. */
      readonly encryptionEnv: string | undefined
    }

const help = 'npm run import -- --help'

/**
 * Reads the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseImportArguments(args: readonly string[], folder: string): ImportCommand {
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
    target: readTarget(values, folder, help),
    existing: values.replace ? 'replace' : 'keep',
    isDryRun: values['dry-run'],
    withoutPublic: values['without-public'],
    encryptionEnv: values['encryption-env'],
  }
}
