import { LoadError } from '#transfer/load-error.ts'
import { UsageError } from './usage.ts'
import { WranglerError } from './wrangler.ts'

/** How a command ends when everything is done but for what it names. */
export const incompleteStatus = 2

/**
 * Runs a command with its arguments and the folder it was typed in, to its exit status. What it
 * foresees ends it with status 1 and a line that says what is wrong; any other error is a defect.
 */
export async function runCommand(
  run: (args: readonly string[], folder: string) => Promise<number>,
): Promise<void> {
  try {
    // npm runs scripts in the folder of the package.
    process.exitCode = await run(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd())
  } catch (error) {
    if (!isForeseen(error)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

function isForeseen(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof WranglerError || error instanceof LoadError
}
