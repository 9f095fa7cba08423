import type { Bucket, MultipartUpload, ObjectMetadata, UploadedPart } from '#platform/bindings.ts'
import { LoadError } from './load-error.ts'
import type { Source, SourceFile } from './source.ts'

/** How many files are stored, and of how many bytes. */
export interface FileCount {
  readonly files: number
  readonly bytes: number
}

/** A larger file is uploaded in parts of this size. */
const partBytes = 8 * 1024 * 1024

/** How many files are on their way at a time. */
const concurrency = 6

/** Objects that one look at the bucket lists. */
const listed = 1000

/**
 * Stores the files of a source where records name them. A file that is there in the same size is
 * left as it is: no two files of a record have one name.
 *
 * Memory: a part for each file on its way.
 */
export async function loadFiles(
  bucket: Bucket,
  source: Source,
  onProgress: (loaded: FileCount) => void,
): Promise<FileCount> {
  const present = presence(bucket)
  let loaded: FileCount = { files: 0, bytes: 0 }
  for await (const group of grouped(source.files(), concurrency)) {
    await Promise.all(
      group.map(async (file) => {
        if ((await present.sizeOf(file.key)) !== file.sizeBytes) await storeFile(bucket, file)
        loaded = { files: loaded.files + 1, bytes: loaded.bytes + file.sizeBytes }
      }),
    )
    onProgress(loaded)
  }
  return loaded
}

/**
 * Looks for every file of a source in the bucket.
 *
 * @throws {LoadError} for the first that is not there in its size
 */
export async function compareFiles(
  bucket: Bucket,
  source: Source,
  onProgress: (compared: FileCount) => void,
): Promise<FileCount> {
  const present = presence(bucket)
  let compared: FileCount = { files: 0, bytes: 0 }
  for await (const { key, sizeBytes } of source.files()) {
    if ((await present.sizeOf(key)) !== sizeBytes) {
      throw new LoadError(`The file ${key} is not what it was in the source.`)
    }
    compared = { files: compared.files + 1, bytes: compared.bytes + sizeBytes }
    onProgress(compared)
  }
  return compared
}

/** Sizes of what is in a bucket, looked up by collection: that is how files are ordered. */
function presence(bucket: Bucket): { sizeOf(key: string): Promise<number | undefined> } {
  let folder = ''
  let sizes: Promise<ReadonlyMap<string, number>> = Promise.resolve(new Map())
  return {
    async sizeOf(key) {
      const wanted = key.slice(0, key.indexOf('/') + 1)
      if (wanted !== folder) {
        folder = wanted
        sizes = sizesUnder(bucket, wanted)
      }
      return (await sizes).get(key)
    },
  }
}

async function sizesUnder(bucket: Bucket, prefix: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  let cursor: string | undefined
  do {
    const page = await bucket.list({ prefix, limit: listed, ...(cursor && { cursor }) })
    for (const { key, size } of page.objects) sizes.set(key, size)
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return sizes
}

async function* grouped<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

async function storeFile(bucket: Bucket, file: SourceFile): Promise<void> {
  const metadata = metadataOf(file)
  const stored =
    file.sizeBytes <= partBytes
      ? await bucket.put(file.key, await whole(file), metadata)
      : await storeInParts(await bucket.createMultipartUpload(file.key, metadata), file)
  if (stored.size !== file.sizeBytes) {
    throw new LoadError(`The file ${file.key} changed while it was read.`)
  }
}

async function whole(file: SourceFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.sizeBytes)
  let at = 0
  for await (const chunk of file.read()) {
    if (at + chunk.length > bytes.length) {
      throw new LoadError(`The file ${file.key} changed while it was read.`)
    }
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes.subarray(0, at)
}

async function storeInParts(upload: MultipartUpload, file: SourceFile) {
  const parts: UploadedPart[] = []
  try {
    for await (const part of partsOf(file.read())) {
      parts.push(await upload.uploadPart(parts.length + 1, part))
    }
    return await upload.complete(parts)
  } catch (error) {
    await upload.abort()
    throw error
  }
}

/** The same bytes in parts of one size, but for the last. */
async function* partsOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(partBytes)
  let filled = 0
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + partBytes - filled)
      part.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < partBytes) continue
      yield part
      part = new Uint8Array(partBytes)
      filled = 0
    }
  }
  if (filled > 0) yield part.subarray(0, filled)
}

/** What is kept beside a file, as the file store of requests keeps it. */
function metadataOf({ contentType, originalName }: SourceFile): ObjectMetadata {
  return {
    ...(contentType === undefined ? {} : { httpMetadata: { contentType } }),
    // Metadata travels in headers.
    ...(originalName === undefined
      ? {}
      : {
          customMetadata: {
            'original-filename': encodeURIComponent(originalName).slice(0, 1000),
          },
        }),
  }
}
