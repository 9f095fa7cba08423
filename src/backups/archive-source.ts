/*
 * An archive in the bucket as a source. Nothing in it is trusted: names can only refer to records'
 * files, the manifest must list every entry, and each entry must match its checksum.
 */
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { joined } from '#kernel/bytes.ts'
import { continueCrc32 } from '#kernel/crc32.ts'
import type { Bucket } from '#platform/bindings.ts'
import { settingsShape } from '#settings/decode.ts'
import {
  definitionsName,
  digestOf,
  fileComment,
  fileKeyOf,
  type Manifest,
  manifestName,
  manifestShape,
  pageOf,
  settingsName,
} from './archive-layout.ts'
import { decodePage } from './archive-rows.ts'
import { isCollectionId } from '#transfer/safe-names.ts'
import type { RowWithId, Source, SourceFile } from '#transfer/source.ts'
import {
  endBytes,
  maxDirectoryBytes,
  localHeaderLength,
  readDirectoryLines,
  readEnd,
  type ZipEntry,
  ZipError,
} from './zip-format.ts'

/** An archive of a deployment. */
export interface ArchiveSource extends Source {
  readonly manifest: Manifest
  /** Entries with unsafe names, which are not read. */
  readonly leftOut: readonly string[]
}

/** The content of an archive, according to its directory. */
export type ArchiveKind = 'deployment' | 'pocketBase' | 'other'

/** The number of bytes read at a time. */
const pieceBytes = 4 * 1024 * 1024
/** The maximum size of an entry that is read as a whole. Pages of rows are much smaller. */
const maxEntryBytes = 32 * 1024 * 1024

/** Detects the content of an object. R2: 3 reads. */
export async function kindOfArchive(bucket: Bucket, key: string): Promise<ArchiveKind> {
  try {
    const entries = await directoryOf(bucket, key)
    const names = new Set(entries.map(({ name }) => name))
    if (names.has(manifestName)) return 'deployment'
    return names.has('data.db') ? 'pocketBase' : 'other'
  } catch (error) {
    if (error instanceof ZipError) return 'other'
    throw error
  }
}

/**
 * Opens an archive.
 *
 * R2: 3 reads, and 2 for each entry that is read.
 *
 * @throws {ZipError} If it is no archive of a deployment, or incomplete.
 */
export async function openArchive(bucket: Bucket, key: string): Promise<ArchiveSource> {
  const entries = await directoryOf(bucket, key)
  const document = async (name: string): Promise<unknown> => {
    const entry = entries.find((each) => each.name === name)
    if (entry === undefined) throw new ZipError(`${name} is missing.`)
    const text = new TextDecoder().decode(await readEntry(bucket, key, entry))
    try {
      return JSON.parse(text) as unknown
    } catch (error) {
      throw new ZipError(`${name} is not readable.`, { cause: error })
    }
  }
  const manifest = readShape(manifestShape(), await document(manifestName))
  if (manifest.digest !== (await digestOf(entries)))
    throw new ZipError('The digest does not match.')
  const definitions = definitionsOf(await document(definitionsName))
  const settings = readShape(settingsShape(), await document(settingsName))

  const pages = Map.groupBy(
    entries.flatMap((entry) => {
      const page = pageOf(entry.name)
      return page === undefined ? [] : [{ ...page, entry }]
    }),
    ({ collectionId }) => collectionId,
  )
  // The archive has them in the order of rows, the bucket in this one.
  const folders = new Set(definitions.map(({ id }) => id))
  const isFile = ({ name }: ZipEntry): boolean => folders.has(fileKeyOf(name)?.split('/')[0] ?? '')
  const fileEntries = entries
    .filter(isFile)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const others = entries.filter(({ name }) => name.startsWith('storage/'))
  return {
    manifest,
    leftOut: others.filter((entry) => !isFile(entry)).map(({ name }) => name),
    definitions,
    settings,
    hasFactors: manifest.factors !== undefined,
    hasHistory: manifest.history !== undefined,
    async rows({ id }, after, limit) {
      const page = (pages.get(id) ?? []).find(({ last }) => last > after)
      if (page === undefined) return []
      const text = new TextDecoder().decode(await readEntry(bucket, key, page.entry))
      return rowsOf(text)
        .filter(({ rowId }) => rowId > after)
        .slice(0, limit)
    },
    async *files() {
      for (const entry of fileEntries) yield fileOf(bucket, key, entry)
    },
  }
}

/**
 * The author of an archive also computes its digest, so it proves nothing about the content.
 * Without the default collections, no superuser could sign in or repair the deployment.
 */
function definitionsOf(document: unknown): CollectionDefinition[] {
  const read = z.array(definitionShape()).safeParse(document)
  const ids = new Set(read.success ? read.data.map(({ id }) => id) : [])
  if (!systemCollections.every(({ id, system }) => !system || ids.has(id))) {
    throw new ZipError('The definitions are not from a deployment.')
  }
  return document as CollectionDefinition[]
}

const definitionShape = lazy(() =>
  z.looseObject({
    id: z.string().refine(isCollectionId),
    name: z.string(),
    type: z.enum(['base', 'auth', 'view']),
    fields: z.array(z.looseObject({ id: z.string(), name: z.string(), type: z.string() })),
    indexes: z.array(z.string()),
  }),
)

function rowsOf(text: string): RowWithId[] {
  try {
    return decodePage(text)
  } catch (error) {
    throw new ZipError('A page of rows is invalid.', { cause: error })
  }
}

function readShape<T>(shape: z.ZodType<T>, document: unknown): T {
  const parsed = shape.safeParse(document)
  if (!parsed.success) throw new ZipError('A document is invalid.')
  return parsed.data
}

async function directoryOf(bucket: Bucket, key: string): Promise<ZipEntry[]> {
  const object = await bucket.head(key)
  if (object === null) throw new ZipError('There is no such archive.')
  const tailLength = Math.min(endBytes, object.size)
  const tail = await readRange(bucket, key, object.size - tailLength, tailLength)
  const { count, size, offset } = readEnd(tail)
  const isOutside = size > maxDirectoryBytes || offset + size > object.size || count > size / 46
  if (isOutside) throw new ZipError('The directory is not where the end says.')
  const entries: ZipEntry[] = []
  let rest: Uint8Array = new Uint8Array()
  for (let at = 0; at < size; at += pieceBytes) {
    const piece = await readRange(bucket, key, offset + at, Math.min(pieceBytes, size - at))
    const bytes = joined([rest, piece])
    const lines = readDirectoryLines(bytes, count - entries.length)
    for (const entry of lines.entries) entries.push(entry)
    rest = bytes.slice(lines.used)
  }
  if (entries.length !== count) throw new ZipError('The directory is incomplete.')
  return entries
}

async function readRange(
  bucket: Bucket,
  key: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array()
  const part = await bucket.get(key, { range: { offset, length } }).catch((error: unknown) => {
    const isOutside = error instanceof Error && error.message.includes('(10039)')
    throw isOutside ? new ZipError('The archive is incomplete.', { cause: error }) : error
  })
  if (part === null) throw new ZipError('The archive no longer exists.')
  const bytes = new Uint8Array(await part.arrayBuffer())
  if (bytes.length !== length) throw new ZipError('The archive is incomplete.')
  return bytes
}

async function contentOffset(bucket: Bucket, key: string, { offset }: ZipEntry): Promise<number> {
  return offset + localHeaderLength(await readRange(bucket, key, offset, 30))
}

async function readEntry(bucket: Bucket, key: string, entry: ZipEntry): Promise<Uint8Array> {
  const { name, method, compressedSize, size, crc } = entry
  if (size > maxEntryBytes || compressedSize > maxEntryBytes) {
    throw new ZipError(`${name} is too large.`)
  }
  const start = await contentOffset(bucket, key, entry)
  const stored = await readRange(bucket, key, start, compressedSize)
  const content = method === 'store' ? stored : await inflated(stored, size, name)
  if (content.length !== size || continueCrc32(0, content) !== crc) {
    throw new ZipError(`${name} is damaged.`)
  }
  return content
}

/** Stops at the size that the directory states. Larger content is rejected. */
async function inflated(stored: Uint8Array, size: number, name: string): Promise<Uint8Array> {
  const content = new Uint8Array(size)
  let at = 0
  try {
    const stream = new Blob([stored])
      .stream()
      .pipeThrough<Uint8Array>(new DecompressionStream('deflate-raw'))
    for await (const chunk of stream) {
      if (at + chunk.length > size) throw new ZipError(`${name} is larger than its declared size.`)
      content.set(chunk, at)
      at += chunk.length
    }
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError(`${name} is damaged.`, { cause: error })
  }
  return content.subarray(0, at)
}

function fileOf(bucket: Bucket, archive: string, entry: ZipEntry): SourceFile {
  if (entry.method !== 'store' || entry.compressedSize !== entry.size) {
    throw new ZipError(`${entry.name} is compressed.`)
  }
  const { contentType, originalName, md5 } = readShape(fileComment(), commentOf(entry))
  return {
    key: fileKeyOf(entry.name) ?? '',
    sizeBytes: entry.size,
    contentType,
    originalName,
    async *read() {
      if (entry.size === 0) return
      const offset = await contentOffset(bucket, archive, entry)
      const object = await bucket.get(archive, { range: { offset, length: entry.size } })
      if (object === null) throw new ZipError('The archive no longer exists.')
      let crc = 0
      for await (const chunk of object.body) {
        crc = continueCrc32(crc, chunk)
        yield chunk
      }
      if (crc !== entry.crc) throw new ZipError(`${entry.name} is damaged.`)
    },
    md5: () => Promise.resolve(md5),
  }
}

function commentOf({ name, comment }: ZipEntry): unknown {
  try {
    return JSON.parse(comment === '' ? '{}' : comment)
  } catch (error) {
    throw new ZipError(`The metadata of ${name} is invalid.`, { cause: error })
  }
}
