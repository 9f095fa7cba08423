import { resolve } from 'node:path'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readTarget, targetOptions } from '#cli/deployment/target-arguments.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run types`. */
export const typesHelp = `Writes TypeScript types of the collections, for the official PocketBase client.

  npm run types                       to standard output
  npm run types -- --output FILE      to a file

  --check                 write nothing; exit with status 2 if the file is not up to date
  --remote                of the deployed Arete instead of the local one
  --data FOLDER           of the data folder of a server on Node, running or not
  --persist-to FOLDER     of the local Arete in this folder, like wrangler's option
  --url URL               of the Arete at this address, with the token of a superuser:
  --token TOKEN           or in the environment as ARETE_TOKEN
`

/** A deployment that the command reads itself, or one that it asks. */
export type TypesSource =
  | { readonly target: DeploymentTarget }
  | { readonly url: URL; readonly token: string }

/** The parsed command line. */
export type TypesCommand =
  | { readonly action: 'help' }
  | {
      readonly action: 'write' | 'check'
      readonly source: TypesSource
      /** An absolute path; undefined for standard output. */
      readonly output: string | undefined
    }

const help = 'npm run types -- --help'

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @throws {UsageError}
 */
export function parseTypesArguments(
  args: readonly string[],
  folder: string,
  environmentToken: string | undefined,
): TypesCommand {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        check: { type: 'boolean', default: false },
        output: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
        ...targetOptions,
      },
    },
    help,
  )
  if (values.help) return { action: 'help' }
  const { check, url, token = environmentToken } = values
  const output = values.output === undefined ? undefined : resolve(folder, values.output)
  if (check && output === undefined) {
    throw new UsageError(`--check needs --output FILE. For help: ${help}`)
  }
  const target = readTarget(values, folder, help)
  const action = check ? 'check' : 'write'
  if (url === undefined) return { action, output, source: { target } }
  if (token === undefined) throw new UsageError(`--url needs --token TOKEN. For help: ${help}`)
  if (!URL.canParse(url)) throw new UsageError(`"${url}" is not a URL. For help: ${help}`)
  return { action, output, source: { url: new URL(url), token } }
}
