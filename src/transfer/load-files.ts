import type { Bucket, MultipartUpload, StoredObject } from '#platform/bindings.ts'
import { partBytes, PartWriter } from '#platform/part-writer.ts'
import { metadataOf } from '#files/object-metadata.ts'
import { md5Of } from './checksum.ts'
import { LoadError } from './load-error.ts'
import type { Source, SourceFile } from './source.ts'

/** The number of files stored, and their total size. */
export interface FileCount {
  readonly files: number
  readonly bytes: number
}

/** The progress of files, which are ordered by key in this case. */
export interface FilesSoFar extends FileCount {
  readonly lastKey: string
}

/** Maximum files uploaded in parallel. */
const concurrency = 6

/** Objects per listing of the bucket. */
const listed = 1000

/**
 * Stores the files of a source under their final keys, starting after the finished ones. An
 * existing file is left unchanged.
 *
 * R2: 1 listing per thousand existing files, and the uploads.
 *
 * Memory: one part for each parallel upload.
 */
export async function loadFiles(
  bucket: Bucket,
  source: Source,
  done: FilesSoFar | undefined,
  onProgress: (loaded: FilesSoFar) => void,
): Promise<void> {
  const present = new PresentFiles(bucket, done?.lastKey)
  let loaded = done ?? noFiles
  for await (const group of grouped(filesBehind(source, done), concurrency)) {
    const isThere = await present.haveAll(group)
    await Promise.all(
      group.filter((_, n) => isThere[n] !== true).map((file) => storeFile(bucket, file)),
    )
    loaded = group.reduce(counted, loaded)
    onProgress(loaded)
  }
}

/**
 * Compares the files of a source with the bucket, starting after the finished ones: sizes, and
 * checksums if both sides have them.
 *
 * R2: 1 listing per thousand files.
 *
 * @throws {LoadError} For the first file that is missing or differs.
 */
export async function compareFiles(
  bucket: Bucket,
  source: Source,
  done: FilesSoFar | undefined,
  onProgress: (compared: FilesSoFar) => void,
): Promise<FileCount> {
  const present = new PresentFiles(bucket, done?.lastKey)
  let compared = done ?? noFiles
  for await (const file of filesBehind(source, done)) {
    if (!(await present.has(file))) {
      throw new LoadError(`The file ${file.key} differs from the source.`)
    }
    compared = counted(compared, file)
    onProgress(compared)
  }
  return { files: compared.files, bytes: compared.bytes }
}

const noFiles: FilesSoFar = { files: 0, bytes: 0, lastKey: '' }

function counted({ files, bytes }: FilesSoFar, { key, sizeBytes }: SourceFile): FilesSoFar {
  return { files: files + 1, bytes: bytes + sizeBytes, lastKey: key }
}

async function* filesBehind(
  source: Source,
  { files: done }: FileCount = noFiles,
): AsyncGenerator<SourceFile> {
  let count = 0
  for await (const file of source.files()) {
    if (++count > done) yield file
  }
}

/**
 * The files of a source that exist in a bucket, one collection after another. Listings advance with
 * the keys, so files in the order of their keys are listed only once.
 */
class PresentFiles {
  readonly #bucket: Bucket
  /** Keys up to this one are not needed. */
  readonly #after: string
  #folder = ''
  #found = new Map<string, StoredObject>()
  #listedTo = ''
  #isWhole = true

  constructor(bucket: Bucket, after = '') {
    this.#bucket = bucket
    this.#after = after
  }

  /** Resolves to true if the file exists. */
  async has(file: SourceFile): Promise<boolean> {
    const { key } = file
    const folder = key.slice(0, key.indexOf('/') + 1)
    if (folder !== this.#folder) {
      this.#folder = folder
      this.#found = new Map()
      this.#listedTo = this.#after.startsWith(folder) ? this.#after : folder
      this.#isWhole = false
    }
    while (!this.#isWhole && this.#listedTo < key) await this.#listMore()
    const found = this.#found.get(key)
    return found !== undefined && (await isSame(file, found))
  }

  async haveAll(files: readonly SourceFile[]): Promise<boolean[]> {
    const answers: boolean[] = []
    for (const file of files) answers.push(await this.has(file))
    return answers
  }

  async #listMore(): Promise<void> {
    const { objects, truncated } = await this.#bucket.list({
      prefix: this.#folder,
      startAfter: this.#listedTo,
      limit: listed,
    })
    for (const object of objects) this.#found.set(object.key, object)
    const last = objects.at(-1)
    if (truncated && last !== undefined) this.#listedTo = last.key
    else this.#isWhole = true
  }
}

async function isSame(file: SourceFile, object: StoredObject): Promise<boolean> {
  if (object.size !== file.sizeBytes) return false
  const stored = md5Of(object)
  const expected = stored === undefined ? undefined : await file.md5()
  return expected === undefined || expected === stored
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

async function storeInParts(upload: MultipartUpload, file: SourceFile): Promise<StoredObject> {
  const parts = new PartWriter(upload)
  try {
    for await (const chunk of file.read()) await parts.write(chunk)
    return await parts.complete()
  } catch (error) {
    await upload.abort()
    throw error
  }
}
