import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingsKeys } from '#settings/secrets.ts'

/** The keys of a host. */
export interface HostKeys {
  readonly keys: SettingsKeys
  /** The file of a key that was just made. */
  readonly madeFile: string | undefined
}

const fileName = 'settings.key'

/**
 * Completes the keys: without one, the key in the data folder counts, which is made if it is missing.
 * Only the user of the process can read it.
 */
export function completeSettingsKeys(folder: string, given: SettingsKeys): HostKeys {
  if (given.SETTINGS_KEY !== undefined) return { keys: given, madeFile: undefined }
  const file = join(folder, fileName)
  const kept = readKept(file)
  if (kept !== undefined) return { keys: { ...given, SETTINGS_KEY: kept }, madeFile: undefined }
  const made = randomBytes(32).toString('base64')
  writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return { keys: { ...given, SETTINGS_KEY: made }, madeFile: file }
}

function readKept(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
