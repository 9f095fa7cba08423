import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { serve } from './serve.ts'

const help = `Arete, a whole back end that speaks the HTTP API of PocketBase.

  npx arete serve    serves it on this machine; npx arete serve --help shows the options
`

/**
 * Runs the command `arete`: a host of one's own.
 *
 * @param args the command line, without Node and the program
 * @param home the installation
 */
export async function runArete(args: readonly string[], home: string): Promise<void> {
  if (args.includes('--version')) {
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
      readonly version: string
    }
    process.stdout.write(`${version}\n`)
    return
  }
  await runToStatus(async (_, current) => {
    const [command, ...rest] = args
    switch (command) {
      case 'serve':
        return await serve(rest, { current, home })
      case undefined:
      case '--help':
      case '-h':
        process.stdout.write(help)
        return command === undefined ? 1 : 0
      default:
        throw new UsageError(`There is no command "${command}". For help: npx arete --help`)
    }
  })
}
