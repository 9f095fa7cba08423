import { createReadStream } from 'node:fs'
import { opendir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { isInside, pathInside } from '#cli/terminal/path-inside.ts'
import { parseAttributes } from './file-attributes.ts'
import { type FileTree, sidecarSuffix } from './file-tree.ts'

/** Larger files are not sidecar files. */
const maxSidecarBytes = 64 * 1024

/**
 * The files of a storage folder on disk, which may not exist. Links that lead out of the folder are
 * ignored, because a folder from elsewhere could refer to any file of this machine.
 */
export function filesInFolder(folder: string): FileTree {
  return {
    async *paths() {
      for await (const path of walk(folder)) {
        yield relative(folder, path).split(sep).join('/')
      }
    },
    async find(path) {
      const file = await findInside(folder, path)
      if (file === undefined) return undefined
      const sidecar = await findInside(folder, path + sidecarSuffix)
      const isReadable = sidecar !== undefined && sidecar.sizeBytes <= maxSidecarBytes
      return {
        sizeBytes: file.sizeBytes,
        attributes: isReadable ? parseAttributes(await readFile(sidecar.path, 'utf8')) : {},
      }
    },
    async *read(path) {
      const file = await findInside(folder, path)
      if (file === undefined) throw new Error(`The file ${path} is gone.`)
      yield* createReadStream(file.path, { highWaterMark: 2 ** 20 })
    },
  }
}

/** Resolves a file below a folder; undefined if it does not exist or is elsewhere. */
async function findInside(
  folder: string,
  path: string,
): Promise<{ readonly path: string; readonly sizeBytes: number } | undefined> {
  const file = await orMissing(realpath(pathInside(folder, path)))
  if (file === undefined || !isInside(await realpath(resolve(folder)), file)) return undefined
  const found = await stat(file)
  return found.isFile() ? { path: file, sizeBytes: found.size } : undefined
}

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await orMissing(opendir(folder))
  if (entries === undefined) return
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield path
  }
}

/** Errors that count as a missing file, such as circular links and names that are too long. */
const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof Error && 'code' in error && missing.has(String(error.code))) {
      return undefined
    }
    throw error
  }
}
