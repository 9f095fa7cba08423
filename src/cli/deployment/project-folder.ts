import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder of the installation, which holds `drizzle` and the dashboard: a checkout, the npm package, or
 * a server that was copied elsewhere. The entry point of a bundle may set the variable.
 */
export const homeFolder = process.env['ARETE_HOME'] ?? folderOfPackage(import.meta.dirname)

/**
 * The folder of the deployment, which holds wrangler's configuration and state. In a checkout it is
 * the same; for the npm package, the folder that the command was typed in.
 */
export const projectFolder = process.env['ARETE_PROJECT'] ?? homeFolder

function folderOfPackage(folder: string): string {
  const parent = dirname(folder)
  return existsSync(join(folder, 'package.json')) || parent === folder
    ? folder
    : folderOfPackage(parent)
}
