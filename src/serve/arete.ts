import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commands } from '#cli/commands.ts'
import { usualDataFolder } from '#cli/deployment/usual-data-folder.ts'
import { nameCommandsOfProgram } from '#cli/terminal/as-typed.ts'
import { type Command, runCommand, runToStatus } from '#cli/terminal/run-command.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { serve } from './serve.ts'

const help = `Arete, a whole back end that speaks the HTTP API of PocketBase.

  npx arete serve        serves it on this machine
  npx arete superuser    creates, lists and deletes superusers
  npx arete backup       copies the data folder, also of a running server
  npx arete doctor       checks the project and its deployments
  npx arete move         moves a deployment between this machine and Cloudflare
  npx arete import       imports a PocketBase
  npx arete export       exports a data folder for PocketBase
  npx arete types        writes TypeScript types of the collections
  npx arete diff         compares definitions in code with a deployment
  npx arete push         applies definitions in code to a deployment
  npx arete pull         writes the definitions of a deployment, or of a PocketBase, as TypeScript
  npx arete promote      applies the definitions of one deployment to another
  npx arete history      lists the changes of definitions
  npx arete undo         takes a change of definitions back
`

const moreHelp = 'npx arete COMMAND --help shows the options of a command.\n'

/** Commands that only an installation as a package has. */
export interface FurtherCommands {
  readonly help: string
  readonly run: ReadonlyMap<string, (args: readonly string[]) => Promise<void>>
}

const none: FurtherCommands = { help: '', run: new Map() }

/** The program of a further thread, an entry of the same bundle. Chunks are in a folder of their own. */
const program = new URL(
  /\/chunks\/[^/]*$/.test(import.meta.url) ? '../thread.js' : './thread.js',
  import.meta.url,
)

/**
 * Runs the command `arete`: a host of one's own.
 *
 * @param args the command line, without Node and the program
 * @param home the installation
 */
export async function runArete(
  args: readonly string[],
  home: string,
  further: FurtherCommands = none,
): Promise<void> {
  if (args.includes('--version')) {
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
      readonly version: string
    }
    process.stdout.write(`${version}\n`)
    return
  }
  nameCommandsOfProgram()
  const [name = '', ...others] = args
  const runFurther = further.run.get(name)
  if (runFurther !== undefined) return await runFurther(others)
  const load = commands.get(name)
  if (load !== undefined) {
    const { run, whenInterrupted } = await load()
    const onDataFolder: Command = (rest, current) =>
      run(rest, current, { location: 'folder', folder: usualDataFolder(current, process.env) })
    return await runCommand(onDataFolder, others, whenInterrupted)
  }
  await runToStatus(async (_, current) => {
    const [command, ...rest] = args
    switch (command) {
      case 'serve':
        return await serve(rest, { current, home, program })
      case undefined:
      case '--help':
      case '-h':
        process.stdout.write(`${help}${further.help}\n${moreHelp}`)
        return command === undefined ? 1 : 0
      default:
        throw new UsageError(`There is no command "${command}". For help: npx arete --help`)
    }
  })
}
