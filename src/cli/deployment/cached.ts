import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A value that is slow to make, and the file that caches it. */
export interface Cacheable<T> {
  readonly file: string
  /** Returns true if a cached value is complete and its sources have not changed. */
  isValid(value: unknown): value is T
  make(): Promise<T>
}

/**
 * Reads a cached value, or makes and caches it if it is missing, broken or outdated. The value must
 * survive JSON. Only the user can read the file.
 */
export async function cached<T>({ file, isValid, make }: Cacheable<T>): Promise<T> {
  const stored = read(file)
  if (isValid(stored)) return stored
  const made = await make()
  mkdirSync(dirname(file), { recursive: true })
  // Other processes read the old file or the new one, never a part of it.
  const written = `${file}.${process.pid}`
  writeFileSync(written, JSON.stringify(made), { mode: 0o600 })
  renameSync(written, file)
  return made
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // The file is missing or not JSON. It is written again.
    return undefined
  }
}
