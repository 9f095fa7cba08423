import * as z from 'zod'
import { byteLength } from '#kernel/text.ts'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { readTarget, targetOptions } from '#cli/deployment/target-arguments.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'

/** The help text of `npm run superuser`, also shown for an invalid command line. */
export const superuserHelp = `Manages superusers, who may do everything: rules do not apply to them.

  npm run superuser -- upsert EMAIL PASSWORD   create one, or set its password and end its sessions
  npm run superuser -- delete EMAIL            delete one
  npm run superuser -- list                    show all
  npm run superuser -- reset-factors EMAIL     remove the second factors of one, and end its sessions

  --remote                on the deployed Arete instead of the local one
  --data FOLDER           in the data folder of a server on Node, running or not
  --persist-to FOLDER     on the local Arete in this folder, like wrangler's option
`

/** The parsed command line. */
export type SuperuserCommand =
  | { readonly action: 'help' }
  | { readonly action: 'list'; readonly target: DeploymentTarget }
  | {
      readonly action: 'delete' | 'reset-factors'
      readonly target: DeploymentTarget
      readonly email: string
    }
  | {
      readonly action: 'upsert'
      readonly target: DeploymentTarget
      readonly email: string
      readonly password: string
    }

const help = 'npm run superuser -- --help'

const address = z.email().max(255)

// The limits of the password field of auth collections.
const password = z
  .string()
  .min(8, 'The password must have at least 8 characters.')
  .max(71, 'The password must have at most 71 characters.')
  .refine((text) => byteLength(text) <= 72, 'The password must have at most 72 bytes in UTF-8.')

/**
 * Parses the command line. Paths are relative to the folder it was typed in.
 *
 * @param usual the deployment if no option selects one
 * @throws {UsageError}
 */
export function parseSuperuserArguments(
  args: readonly string[],
  folder: string,
  usual?: DeploymentTarget,
): SuperuserCommand {
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
  const [action, ...operands] = positionals
  if (values.help || action === undefined) return { action: 'help' }

  const target = readTarget(values, folder, help, usual)
  switch (action) {
    case 'list':
      expectOperands(action, operands, [])
      return { action, target }
    case 'delete':
    case 'reset-factors': {
      const [email] = expectOperands(action, operands, ['EMAIL'])
      return { action, target, email: checked(address, email, notAnAddress(email)) }
    }
    case 'upsert': {
      const [email, secret] = expectOperands(action, operands, ['EMAIL', 'PASSWORD'])
      return {
        action,
        target,
        email: checked(address, email, notAnAddress(email)),
        password: checked(password, secret),
      }
    }
    default:
      throw new UsageError(`There is no "${action}". For help: ${help}`)
  }
}

function expectOperands(
  action: string,
  operands: readonly string[],
  names: readonly string[],
): readonly string[] {
  if (operands.length !== names.length) {
    const usage = ['npm run superuser --', action, ...names].join(' ')
    throw new UsageError(`Expected: ${usage}`)
  }
  return operands
}

function checked(schema: z.ZodType<string>, value: unknown, complaint?: string): string {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new UsageError(complaint ?? result.error.issues[0]?.message)
}

function notAnAddress(text: string | undefined): string {
  return `"${text}" is not a valid email address.`
}
