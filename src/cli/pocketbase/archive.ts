import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { UsageError } from '#cli/terminal/usage.ts'
import { parseAttributes } from './file-attributes.ts'
import { type FileTree, sidecarSuffix } from './file-tree.ts'

/** A ZIP archive with random access. */
export interface Archive {
  /** The names at the top level, including folders. */
  readonly topNames: readonly string[]
  /** The files below a folder of the archive. */
  filesIn(folder: string): FileTree
  /** Extracts a file to disk. Returns false if it does not exist. */
  extract(name: string, file: string): Promise<boolean>
  close(): void
}

/**
 * Opens an archive of any size. Only its directory is read at first, and a file when requested. A
 * file that is read to its end is verified against its checksum.
 *
 * @throws {UsageError} If the file is no ZIP archive.
 */
export async function openArchive(file: string): Promise<Archive> {
  const { zip, entries } = await readEntries(file)
  const read = (name: string) => contentOf(zip, entries.get(name), `${name} in ${file}`)

  return {
    topNames: [...new Set([...entries.keys()].map((name) => name.split('/')[0] ?? name))],
    filesIn: (folder) => filesIn(entries, `${folder}/`, read),
    async extract(name, destination) {
      if (!entries.has(name)) return false
      await pipeline(read(name), createWriteStream(destination, { mode: 0o600 }))
      return true
    },
    close: () => zip.close(),
  }
}

async function readEntries(file: string): Promise<{ zip: ZipFile; entries: Map<string, Entry> }> {
  try {
    const zip = await openPromise(file, { autoClose: false, lazyEntries: true })
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry)
    }
    return { zip, entries }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} cannot be read as a zip archive: ${reason.replace(/\.$/, '')}.`, {
      cause: error,
    })
  }
}

function filesIn(
  entries: ReadonlyMap<string, Entry>,
  folder: string,
  read: (name: string) => AsyncGenerator<Uint8Array>,
): FileTree {
  return {
    // oxlint-disable-next-line typescript/require-await -- a folder on disk has to wait
    async *paths() {
      for (const name of entries.keys()) {
        if (name.startsWith(folder)) yield name.slice(folder.length)
      }
    },
    async find(path) {
      const entry = entries.get(folder + path)
      if (entry === undefined) return undefined
      const sidecar = folder + path + sidecarSuffix
      const text = entries.has(sidecar)
        ? (await buffer(Readable.from(read(sidecar)))).toString()
        : ''
      return { sizeBytes: entry.uncompressedSize, attributes: parseAttributes(text) }
    },
    read: (path) => read(folder + path),
  }
}

async function* contentOf(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
): AsyncGenerator<Uint8Array> {
  if (entry === undefined) throw new Error(`There is no ${name}.`)
  let checksum = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const bytes = chunk as Uint8Array
      checksum = crc32(bytes, checksum)
      yield bytes
    }
  } catch (error) {
    throw damaged(name, error)
  }
  if (checksum !== entry.crc32) throw damaged(name)
}

function damaged(name: string, cause?: unknown): UsageError {
  return new UsageError(`The archive is damaged: ${name} cannot be read.`, { cause })
}
