/* The front end that PocketBase serves from `pb_public` and Arete from `public/`. */
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, opendir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathInside } from '#cli/terminal/path-inside.ts'
import { isSafeName } from '#transfer/safe-names.ts'

/** The files of a front end and their destination. */
export interface PublicFiles {
  readonly from: string
  readonly to: string
  /** Paths below the folder, with `/`. */
  readonly paths: readonly string[]
  /** The paths that would overwrite a file with different content. */
  readonly conflicts: readonly string[]
  /** Files that are left out, one sentence each. */
  readonly notes: readonly string[]
}

/** Workers serve no larger files. */
const maxFileBytes = 25 * 1024 * 1024
/** At the top of the folder, these files configure how the others are served. */
const reservedNames = new Set(['_headers', '_redirects', '_worker.js', '.assetsignore'])

/** Finds the files of a front end without changing anything. */
export async function findPublicFiles(from: string, to: string): Promise<PublicFiles> {
  const paths: string[] = []
  const notes: string[] = []
  // A folder from elsewhere could refer to any folder of this machine.
  if ((await lstat(from)).isSymbolicLink()) notes.push('pb_public: it is a link.')
  else await walk(from, '', { paths, notes })
  const conflicts: string[] = []
  for (const path of paths) {
    const isFree = await isFreeFor(join(from, path), pathInside(to, path))
    if (!isFree) conflicts.push(path)
  }
  return { from, to, paths: paths.toSorted(), conflicts: conflicts.toSorted(), notes }
}

async function walk(
  folder: string,
  below: string,
  found: { readonly paths: string[]; readonly notes: string[] },
): Promise<void> {
  for await (const entry of await opendir(join(folder, below))) {
    const path = below + entry.name
    const reason = await reasonAgainst(join(folder, path), path, entry)
    if (reason !== undefined) found.notes.push(`pb_public/${path}: ${reason}.`)
    else if (entry.isDirectory()) await walk(folder, `${path}/`, found)
    else found.paths.push(path)
  }
}

async function reasonAgainst(
  file: string,
  path: string,
  entry: { readonly name: string; isFile(): boolean; isDirectory(): boolean },
): Promise<string | undefined> {
  if (reservedNames.has(path)) return 'Workers read rules from a file with this name'
  if (!isSafeName(entry.name)) return 'its name is not valid on every system'
  if (entry.isDirectory()) return undefined
  if (!entry.isFile()) return 'it is a link, or no file'
  const { size } = await stat(file)
  return size > maxFileBytes ? 'it is larger than 25 MiB, the limit of Workers' : undefined
}

/** True if a file can be copied without overwriting different content. */
async function isFreeFor(file: string, destination: string): Promise<boolean> {
  try {
    const [one, other] = [await stat(file), await stat(destination)]
    return one.size === other.size && (await readFile(file)).equals(await readFile(destination))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
    throw error
  }
}

/** Copies the files, and those with conflicts only if they are to be overwritten. */
export async function copyPublicFiles(
  { from, to, paths, conflicts }: PublicFiles,
  existing: 'keep' | 'replace',
): Promise<void> {
  for (const path of paths) {
    if (existing === 'keep' && conflicts.includes(path)) continue
    const destination = pathInside(to, path)
    await mkdir(dirname(destination), { recursive: true })
    await copyFile(join(from, path), destination, constants.COPYFILE_FICLONE)
  }
}
