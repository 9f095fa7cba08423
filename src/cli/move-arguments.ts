import { resolve } from 'node:path'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run move`. */
export const moveHelp = `Moves Arete from one host to another: collections, rules, records, accounts with their passwords,
settings, files and sessions. Users stay signed in. The original is not changed.

  npm run move -- --from PLACE --to PLACE

A place is one of these:

  FOLDER        the data folder of a server on Node, such as ./arete_data
  cloudflare    the deployed Arete
  local         the one of npm start
  local:FOLDER  the one of npm start in this folder, like wrangler's option --persist-to

  --replace     replaces existing records in the new place
  --dry-run     reports what would be moved, without changing anything

Stop the servers of both places first, or at least all writes. Records and files are compared with
their originals before anything is replaced. Run an interrupted move again to resume it.
`

/** The parsed command line. */
export type MoveCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'move'
      readonly from: DeploymentTarget
      readonly to: DeploymentTarget
      readonly existing: 'keep' | 'replace'
      readonly isDryRun: boolean
    }

const help = 'npm run move -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseMoveArguments(args: readonly string[], folder: string): MoveCommand {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        from: { type: 'string' },
        to: { type: 'string' },
        replace: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
      },
    },
    help,
  )
  if (values.help || args.length === 0) return { action: 'help' }

  if (!values.from || !values.to) {
    throw new UsageError(`Expected: npm run move -- --from PLACE --to PLACE. For help: ${help}`)
  }
  const [from, to] = [placeOf(values.from, folder), placeOf(values.to, folder)]
  if (JSON.stringify(from) === JSON.stringify(to)) {
    throw new UsageError('--from and --to are the same place.')
  }
  return {
    action: 'move',
    from,
    to,
    existing: values.replace ? 'replace' : 'keep',
    isDryRun: values['dry-run'],
  }
}

function placeOf(place: string, folder: string): DeploymentTarget {
  if (place === 'cloudflare') return { location: 'remote' }
  if (place === 'local') return { location: 'local' }
  const [, persistTo] = /^local:(.+)$/.exec(place) ?? []
  if (persistTo !== undefined) {
    return { location: 'local', persistTo: resolve(folder, persistTo) }
  }
  return { location: 'folder', folder: resolve(folder, place) }
}
