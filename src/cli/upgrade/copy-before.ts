import { existsSync } from 'node:fs'
import { copyFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { copyDataFolder } from '#adapters/node/copy-data-folder.ts'
import { holdDataFolder } from '#adapters/node/data-folder.ts'

/**
 * Copies a data folder beside itself, with its key, and returns the copy.
 *
 * @throws {DataFolderError} If a server uses the folder.
 */
export async function copyDataBefore(folder: string, version: string): Promise<string> {
  const target = freeName(folder, version)
  const held = holdDataFolder(folder)
  try {
    await copyDataFolder(folder, target, () => undefined)
    const key = join(folder, 'settings.key')
    if (existsSync(key)) await copyFile(key, join(target, 'settings.key'))
  } finally {
    held.release()
  }
  return target
}

/** Copies the state of the local Workers runtime beside itself, and returns the copy. */
export async function copyStateBefore(folder: string, version: string): Promise<string> {
  const target = freeName(folder, version)
  await cp(folder, target, { recursive: true })
  return target
}

/** A name that no file has yet: an earlier copy is never overwritten. */
function freeName(folder: string, version: string): string {
  const name = `${folder.replace(/\/+$/, '')}-before-${version}`
  for (let at = 1; ; at++) {
    const candidate = at === 1 ? name : `${name}-${at}`
    if (!existsSync(candidate)) return candidate
  }
}
