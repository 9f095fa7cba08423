import { randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { completeSettingsKeys } from '#adapters/node/settings-key.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import type { DeploymentTarget } from './deployment.ts'
import { projectFolder } from './project-folder.ts'

/** The Worker secret that seals the secrets in the settings. */
export const settingsKeyName = 'SETTINGS_KEY'

/** Generates a key: 32 random bytes in base64. */
export function newSettingsKey(): string {
  return randomBytes(32).toString('base64')
}

/**
 * Makes sure that local servers always have the same key. wrangler reads `.dev.vars`, which Git
 * ignores. An existing key stays.
 */
export async function keepLocalSettingsKey(folder: string = projectFolder): Promise<void> {
  const file = join(folder, '.dev.vars')
  const variables = await readVariables(folder)
  if (new RegExp(`^\\s*(?:export\\s+)?${settingsKeyName}\\s*=`, 'm').test(variables)) return
  const separator = variables === '' || variables.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${separator}${settingsKeyName}="${newSettingsKey()}"\n`, { mode: 0o600 })
}

/**
 * The available keys of a deployment: from the environment, or else from `.dev.vars` for a local one,
 * and from the data folder of a server on Node, which gets a key if it has none.
 */
export async function knownSettingsKeys(
  target: DeploymentTarget,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = projectFolder,
): Promise<SettingsKeys> {
  if (target.location === 'folder') {
    return completeSettingsKeys(target.folder, keysIn(environment)).keys
  }
  const isLocal = target.location === 'local' && environment[settingsKeyName] === undefined
  return keysIn(isLocal ? parseEnv(await readVariables(folder)) : environment)
}

function keysIn({
  SETTINGS_KEY,
  SETTINGS_KEY_PREVIOUS,
}: Readonly<Record<string, string | undefined>>): SettingsKeys {
  return {
    ...(SETTINGS_KEY === undefined ? {} : { SETTINGS_KEY }),
    ...(SETTINGS_KEY_PREVIOUS === undefined ? {} : { SETTINGS_KEY_PREVIOUS }),
  }
}

async function readVariables(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, '.dev.vars'), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
