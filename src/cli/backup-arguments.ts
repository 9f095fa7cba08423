import { resolve } from 'node:path'
import { usualDataFolder } from '#cli/deployment/usual-data-folder.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run backup`. */
export const backupHelp = `Copies the data folder of a server on Node, which may be running: databases and files.

  npm run backup -- FOLDER    into a folder that is empty or does not exist

  --data FOLDER    the data folder (default: ./arete_data, or the variable DATA)

To use the copy, start a server with it: npm run serve -- --data FOLDER
`

/** The parsed command line. */
export type BackupCommand =
  | { readonly action: 'help' }
  /** Absolute paths. */
  | { readonly action: 'backup'; readonly data: string; readonly target: string }

const help = 'npm run backup -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseBackupArguments(args: readonly string[], folder: string): BackupCommand {
  const { positionals, values } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        data: { type: 'string' },
      },
    },
    help,
  )
  if (values.help || args.length === 0) return { action: 'help' }

  const [target, ...others] = positionals
  if (target === undefined || others.length > 0) {
    throw new UsageError(`Expected: npm run backup -- FOLDER. For help: ${help}`)
  }
  const data = values.data ?? usualDataFolder(folder, process.env)
  return { action: 'backup', data: resolve(folder, data), target: resolve(folder, target) }
}
