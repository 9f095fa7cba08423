/*
 * The command behind `npm run types`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import type { TerminalCommand } from './commands.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import {
  parseTypesArguments,
  typesHelp,
  type TypesCommand,
  type TypesSource,
} from './generate-types-arguments.ts'

async function run(command: TypesCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(asTyped(typesHelp))
    return 0
  }
  const { action, source, output } = command
  const text = await readTypes(source)
  if (output === undefined) {
    process.stdout.write(text)
    return 0
  }
  if (action === 'check') {
    if ((await stored(output)) === text) return 0
    process.stderr.write(`${output} is not up to date. Run npm run types again.\n`)
    return incompleteStatus
  }
  await writeFile(output, text)
  return 0
}

async function readTypes(source: TypesSource): Promise<string> {
  if ('url' in source) return await askTypes(source)
  // The runtime takes seconds to load.
  const { readDeploymentTypes } = await import('./read-deployment-types.ts')
  return await readDeploymentTypes(source.target)
}

async function askTypes({ url, token }: Extract<TypesSource, { url: URL }>): Promise<string> {
  const address = new URL('api/schema/types.ts', url.href.endsWith('/') ? url : `${url.href}/`)
  const headers = { Authorization: token }
  const response = await fetch(address, { headers }).catch((error: unknown) => {
    throw new UsageError(`${url.origin} cannot be reached.`, { cause: error })
  })
  if (response.ok) return await response.text()
  const reason =
    response.status === 401 || response.status === 403
      ? 'The token is not one of a superuser.'
      : `It responded with ${response.status}.`
  throw new UsageError(`${url.origin} has sent no types. ${reason}`)
}

async function stored(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** `npm run types` */
export const typesCommand: TerminalCommand = {
  run: (args, folder) => run(parseTypesArguments(args, folder, process.env['ARETE_TOKEN'])),
}
