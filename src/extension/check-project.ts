/*
 * The command `arete check`: finds the routes of an application that Arete would never let through, before
 * anything is deployed.
 */
import { createNodeHasher } from '#adapters/node/argon2-hasher.ts'
import { createMailTransports } from '#adapters/node/mail-transports.ts'
import { createApp } from '#app.ts'
import { loadDefault } from '#cli/load-application.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { createExtension } from './create-extension.ts'
import type { AreteApp } from './define-app.ts'

const usualModule = 'src/app.ts'

const help = `Checks an application: none of its routes may be Arete's.

  npx arete check              ${usualModule}
  npx arete check FILE         another module, whose default export is the application
`

/**
 * Checks an application, and returns the exit status.
 *
 * @throws {UsageError} With what is wrong.
 */
export async function checkProject(args: readonly string[], current: string): Promise<number> {
  const { values, positionals } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    },
    'npx arete check --help',
  )
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  const [path = usualModule] = positionals
  const application = await loadDefault(current, path)
  if (!isApplication(application)) {
    throw new UsageError(`The default export of ${path} must come from defineApp.`)
  }
  try {
    const extension = createExtension(application)
    createApp({ passwords: createNodeHasher(), mail: createMailTransports(), extension })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(error.message, { cause: error })
  }
  process.stdout.write(`${path} is fine.\n`)
  return 0
}

function isApplication(value: unknown): value is AreteApp {
  return typeof value === 'object' && value !== null && 'definition' in value
}
