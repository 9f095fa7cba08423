import { LoadError } from '#transfer/load-error.ts'
import { UsageError } from './usage.ts'
import { readVersion } from './version.ts'
import { printable } from './wording.ts'
import { WranglerError } from './wrangler.ts'

/** How a command ends when everything is done but for what it names. */
export const incompleteStatus = 2

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** A command: takes its arguments and the folder it was typed in, and gives its exit status. */
export type Command = (args: readonly string[], folder: string) => Promise<number>

/**
 * Runs a command to its end, or to the signal that ends it in the middle.
 *
 * @param whenInterrupted the line for somebody who interrupts it
 */
export async function runCommand(run: Command, whenInterrupted = 'Interrupted.'): Promise<void> {
  for (const [signal, number] of Object.entries(signals)) {
    process.once(signal, () => {
      process.stderr.write(`\n${whenInterrupted}\n`)
      process.exit(128 + number)
    })
  }
  await runToStatus(run)
}

/**
 * Sets the exit status to that of a command, which handles signals by itself. What it foresees ends
 * it with status 1 and a line that says what is wrong; any other error is a defect. `--version` is
 * answered here, for all commands alike.
 */
export async function runToStatus(run: Command): Promise<void> {
  const args = process.argv.slice(2)
  try {
    if (args.includes('--version')) {
      process.stdout.write(`${await readVersion()}\n`)
      return
    }
    // npm runs scripts in the folder of the package.
    process.exitCode = await run(args, process.env['INIT_CWD'] ?? process.cwd())
  } catch (error) {
    const message = messageOf(error)
    if (message === undefined) throw error
    process.stderr.write(`${printable(message)}\n`)
    process.exitCode = 1
  }
}

/** What the file system says, in words. */
const fileFaults: Readonly<Record<string, string>> = {
  EACCES: 'There is no permission for',
  EPERM: 'There is no permission for',
  EROFS: 'It is read-only:',
  ENOSPC: 'There is no room left on the disk, which was needed for',
  ENOTDIR: 'It is no folder:',
}

/** What to say of an error; undefined for a defect. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof WranglerError || error instanceof LoadError) {
    return error.message
  }
  if (!(error instanceof Error && 'code' in error)) return undefined
  const fault = fileFaults[String(error.code)]
  return fault && `${fault} ${'path' in error ? String(error.path) : error.message}`
}
