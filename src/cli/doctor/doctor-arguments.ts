import { targetOptions, readTarget } from '#cli/deployment/target-arguments.ts'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readArguments } from '#cli/terminal/usage.ts'

/** The help text of `npm run doctor`. */
export const doctorHelp = `Checks the project and its deployments, and says how to mend what is wrong. It changes nothing.

  npm run doctor                   the project, and the deployments on this machine
  npm run doctor -- --remote       the project, and the deployed Arete

  --data FOLDER         the data folder of a server on Node (default: ./arete_data, or the variable DATA)
  --persist-to FOLDER   another folder than .wrangler/state
  --remote              the deployed Arete
  --json                prints JSON

Exit status: 0 fine, or warnings only; 2 problems; 1 error.
`

/** The parsed command line. */
export type DoctorCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'check'
      /** Undefined for all deployments on this machine. */
      readonly target: DeploymentTarget | undefined
      readonly isJson: boolean
    }

const help = 'npm run doctor -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseDoctorArguments(args: readonly string[], folder: string): DoctorCommand {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        ...targetOptions,
      },
    },
    help,
  )
  if (values.help) return { action: 'help' }
  const isNamed = values.remote || values.data !== undefined || values['persist-to'] !== undefined
  const target = isNamed ? readTarget(values, folder, help) : undefined
  return { action: 'check', target, isJson: values.json }
}
