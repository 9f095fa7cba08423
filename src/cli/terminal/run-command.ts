import { DataFolderError } from '#adapters/node/data-folder.ts'
import { NewerDatabaseError } from '#adapters/node/migrate.ts'
import { LoadError } from '#transfer/load-error.ts'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { asTyped } from './as-typed.ts'
import { UsageError } from './usage.ts'
import { printable } from './wording.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'

/** The exit status of a command that left out what it names. */
export const incompleteStatus = 2

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * A command: receives its arguments and the folder it was typed in, and returns its exit status.
 *
 * @param usual the deployment that it works on if no option selects one
 */
export type Command = (
  args: readonly string[],
  folder: string,
  usual?: DeploymentTarget,
) => Promise<number>

/**
 * Runs a command to its end or until a signal.
 *
 * @param whenInterrupted the line to print if the user interrupts it
 */
export async function runCommand(
  run: Command,
  args: readonly string[] = process.argv.slice(2),
  whenInterrupted = 'Interrupted.',
): Promise<void> {
  for (const [signal, number] of Object.entries(signals)) {
    process.once(signal, () => {
      process.stderr.write(`\n${whenInterrupted}\n`)
      process.exit(128 + number)
    })
  }
  await runToStatus(run, args)
}

/**
 * Sets the exit status from a command that handles signals itself. An expected failure prints a
 * message and exits with status 1; any other error is a defect. Handles `--version` for all
 * commands.
 */
export async function runToStatus(
  run: Command,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  try {
    if (args.includes('--version')) {
      const { readVersion } = await import('#cli/version.ts')
      process.stdout.write(`${await readVersion()}\n`)
      return
    }
    // npm runs scripts in the folder of the package.
    process.exitCode = await run(args, process.env['INIT_CWD'] ?? process.cwd())
  } catch (error) {
    const message = messageOf(error)
    if (message === undefined) throw error
    process.stderr.write(`${printable(asTyped(message))}\n`)
    process.exitCode = 1
  }
}

/** Messages for errors of the file system. */
const fileFaults: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied:',
  EPERM: 'Permission denied:',
  EROFS: 'Read-only file system:',
  ENOSPC: 'The disk is full; could not write',
  ENOTDIR: 'Not a folder:',
}

/** Errors whose message is for the user. */
const expected = [UsageError, WranglerError, LoadError, DataFolderError, NewerDatabaseError]

/** The message of an error; undefined for a defect. */
function messageOf(error: unknown): string | undefined {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message
  if (!(error instanceof Error && 'code' in error)) return undefined
  const fault = fileFaults[String(error.code)]
  return fault && `${fault} ${'path' in error ? String(error.path) : error.message}`
}
