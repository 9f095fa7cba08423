import { createReadStream } from 'node:fs'
import { opendir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parseAttributes } from './file-attributes.ts'
import { type FileTree, sidecarSuffix } from './file-tree.ts'

/** The files of a storage folder on disk; there may be no such folder. */
export function filesInFolder(folder: string): FileTree {
  return {
    async *paths() {
      for await (const path of walk(folder)) {
        yield relative(folder, path).split(sep).join('/')
      }
    },
    async find(path) {
      const file = join(folder, path)
      const found = await orMissing(stat(file))
      if (found === undefined || !found.isFile()) return undefined
      const sidecar = await orMissing(readFile(file + sidecarSuffix, 'utf8'))
      return {
        sizeBytes: found.size,
        attributes: sidecar === undefined ? {} : parseAttributes(sidecar),
      }
    },
    read: (path) => createReadStream(join(folder, path), { highWaterMark: 2 ** 20 }),
  }
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

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
