/*
 * Copies a data folder, also beside a server that uses it. SQLite copies each database as it is at
 * one moment. The index of the bucket comes after the records, so files that records name are in it, unless
 * they were deleted in between.
 */
import { copyFile, mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'

/** In this order. */
const databases = ['data.db', 'kv.db', 'logs.db', 'storage/index.db']

/** The result of a copy. */
export interface CopiedFolder {
  readonly files: number
  readonly bytes: number
  /** Keys whose content was deleted during the copy. */
  readonly missing: readonly string[]
}

/**
 * @param target an empty folder, or one that does not exist
 * @param onProgress is given the number of files so far, and of all files
 */
export async function copyDataFolder(
  folder: string,
  target: string,
  onProgress: (done: number, total: number) => void,
): Promise<CopiedFolder> {
  await mkdir(join(target, 'storage'), { recursive: true, mode: 0o700 })
  for (const name of databases) {
    if (!existsSync(join(folder, name))) continue
    const database = new DatabaseSync(join(folder, name), { timeout: 5000 })
    try {
      await backup(database, join(target, name))
    } finally {
      database.close()
    }
  }
  return await copyContent(join(folder, 'storage'), join(target, 'storage'), onProgress)
}

async function copyContent(
  storage: string,
  target: string,
  onProgress: (done: number, total: number) => void,
): Promise<CopiedFolder> {
  const contents = contentsIn(join(target, 'index.db'))
  const missing: string[] = []
  let [files, bytes] = [0, 0]
  for (const { key, file, size } of contents) {
    const path = join('content', file.slice(0, 2), file)
    await mkdir(dirname(join(target, path)), { recursive: true })
    const isCopied =
      (await copied(join(storage, path), join(target, path))) ||
      (await copied(join(storage, 'content/incoming', file), join(target, path)))
    if (isCopied) {
      files++
      bytes += size
    } else {
      missing.push(key)
    }
    onProgress(files, contents.length)
  }
  return { files, bytes, missing }
}

interface Content {
  readonly key: string
  readonly file: string
  readonly size: number
}

/** The objects of an index, and the parts of uploads that are not complete. */
function contentsIn(index: string): readonly Content[] {
  if (!existsSync(index)) return []
  const database = new DatabaseSync(index)
  try {
    const rows = database
      .prepare(
        `SELECT "key", "file", "size" FROM "objects"
        UNION ALL SELECT "uploads"."key", "file", "size" FROM "parts" JOIN "uploads" ON "id" = "upload"`,
      )
      .all()
    return rows as unknown as readonly Content[]
  } finally {
    database.close()
  }
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
