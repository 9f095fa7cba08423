/*
 * Runs a command for an npm script: `node src/cli/run.ts NAME ARGUMENTS`.
 */
import { commands } from './commands.ts'
import { runCommand } from './terminal/run-command.ts'

const [name = '', ...args] = process.argv.slice(2)
const load = commands.get(name)
if (load === undefined) throw new Error(`There is no command "${name}".`)
const { run, whenInterrupted } = await load()
await runCommand(run, args, whenInterrupted)
