import { resolve } from 'node:path'
import type { DeploymentTarget } from './deployment.ts'
import { readTarget, targetOptions } from './target-arguments.ts'
import { readArguments, UsageError } from './usage.ts'

/** What `npm run export` explains when asked. */
export const exportHelp = `Writes a data folder that PocketBase 0.39 starts with: collections, rules, indexes, records,
accounts, settings and files.

  npm run export -- FOLDER    into a folder that is empty or not there yet

  --remote                of the deployed Arete, not the local one of npm start
  --persist-to FOLDER     of the local Arete that is kept there, as wrangler's option of this name

Nobody can sign in to PocketBase with a password that was set in Arete, or used to sign in to it:
PocketBase does not know its kind of hash. The command lists these accounts; their users ask for
a new password by mail.
`

/** What the command line asks for. */
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
 * Reads the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseExportArguments(args: readonly string[], folder: string): ExportCommand {
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
    target: readTarget(values, folder, help),
  }
}
