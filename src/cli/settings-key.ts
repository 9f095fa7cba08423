import { randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { SettingsKeys } from '#settings/secrets.ts'
import type { DatabaseLocation } from './deployment.ts'
import { projectFolder } from './wrangler.ts'

/** The Worker secret that seals the secrets among the settings. */
export const settingsKeyName = 'SETTINGS_KEY'

/** A new key: 32 random bytes in base64. */
export function newSettingsKey(): string {
  return randomBytes(32).toString('base64')
}

/**
 * Sees to it that local servers have a key, and always the same: wrangler reads `.dev.vars`, which
 * Git ignores. One that is there stays.
 */
export async function keepLocalSettingsKey(folder: string = projectFolder): Promise<void> {
  const file = join(folder, '.dev.vars')
  const variables = await readVariables(folder)
  if (new RegExp(`^\\s*(?:export\\s+)?${settingsKeyName}\\s*=`, 'm').test(variables)) return
  const separator = variables === '' || variables.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${separator}${settingsKeyName}="${newSettingsKey()}"\n`, { mode: 0o600 })
}

/**
 * The keys that seal the secrets of a deployment, as far as this machine knows them: those of the
 * environment, or else of a local deployment those of `.dev.vars`.
 */
export async function knownSettingsKeys(
  location: DatabaseLocation,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = projectFolder,
): Promise<SettingsKeys> {
  const isLocal = location === 'local' && environment[settingsKeyName] === undefined
  const { SETTINGS_KEY, SETTINGS_KEY_PREVIOUS } = isLocal
    ? parseEnv(await readVariables(folder))
    : environment
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
