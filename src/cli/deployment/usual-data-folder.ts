import { resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The data folder of a command that names none: the variable DATA, or `arete_data`. An empty variable is none.
 *
 * @param folder the base of a relative path
 */
export function usualDataFolder(folder: string, { DATA }: Environment): string {
  return resolve(folder, DATA === undefined || DATA === '' ? 'arete_data' : DATA)
}
