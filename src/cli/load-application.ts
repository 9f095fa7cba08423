import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '#cli/terminal/usage.ts'

/**
 * Loads the default export of a module of the project.
 *
 * @throws {UsageError} If there is none, or Node cannot load it.
 */
export async function loadDefault(folder: string, path: string): Promise<unknown> {
  const file = resolve(folder, path)
  if (!existsSync(file)) throw new UsageError(`There is no ${path} here.`)
  try {
    const { default: found } = (await import(pathToFileURL(file).href)) as { default?: unknown }
    return found
  } catch (error) {
    throw new UsageError(`${path} cannot be loaded: ${String(error)}`, { cause: error })
  }
}
