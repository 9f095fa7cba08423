import { randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const variables = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  if (new RegExp(`^\\s*(?:export\\s+)?${settingsKeyName}\\s*=`, 'm').test(variables)) return
  const separator = variables === '' || variables.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${separator}${settingsKeyName}="${newSettingsKey()}"\n`, { mode: 0o600 })
}
