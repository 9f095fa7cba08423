import { isAbsolute, relative, resolve, sep } from 'node:path'
import { UsageError } from './usage.ts'

/** True if a path is below a folder; both are absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/**
 * Joins a path to a folder safely.
 *
 * @throws {UsageError} If it leads out of the folder.
 */
export function pathInside(folder: string, path: string): string {
  const joined = resolve(folder, path)
  if (isInside(resolve(folder), joined)) return joined
  throw new UsageError(`${JSON.stringify(path)} leads out of ${folder}.`)
}
