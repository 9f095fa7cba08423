/*
 * The bucket on the disk: content in files, keys and metadata in the index.
 *
 * The order of a write is: the file is on the disk in `incoming`; the row of its key is committed;
 * the file moves to its place. A process that ends before the row leaves a file that no row needs, which
 * the next start deletes; one that ends after it leaves a file that the next start moves. A file that
 * no key needs any more is deleted a while later, so that those who read it can finish.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { byteLength } from '#kernel/text.ts'
import type {
  Bucket,
  MultipartUpload,
  ObjectMetadata,
  StoredObject,
  StoredObjectBody,
  UploadedPart,
} from '#platform/bindings.ts'
import { ContentFolder, type FileRange, type WrittenFile } from './bucket-content.ts'
import { type BucketIndex, createBucketIndex, type IndexedObject } from './bucket-index.ts'
import { openSqlite } from './open-sqlite.ts'

/** A bucket on the disk. */
export interface DiskBucket extends Bucket {
  /** Deletes files that nothing has needed for a while, and uploads that were abandoned. */
  sweep(): Promise<void>
  /** Closes the index. */
  close(): Promise<void>
}

/** R2's limits. */
const maxKeyBytes = 1024
const maxDeletedKeys = 1000
const maxListed = 1000
const minPartBytes = 5 * 1024 * 1024
const abandonedMilliseconds = 7 * 24 * 60 * 60_000

/** The time that the file of a deleted object is kept for those who read it. */
const graceMilliseconds = 60_000

/** Options of a bucket. */
interface BucketOptions {
  /**
   * True for the first to open the folder and the last to close it, which repairs what a process that was
   * killed has left there, and deletes all files that nothing needs at the end.
   */
  readonly isOwner?: boolean
}

/** Opens the bucket in a folder. */
export async function openDiskBucket(
  folder: string,
  { isOwner = true }: BucketOptions = {},
): Promise<DiskBucket> {
  mkdirSync(folder, { recursive: true })
  // An object that was acknowledged survives a loss of power, like its file.
  const database = openSqlite(join(folder, 'index.db'), { durability: 'full' })
  try {
    const index = createBucketIndex(database)
    const files = new ContentFolder(join(folder, 'content'))
    if (isOwner) await repair(index, files)
    return withUpkeep(createDiskBucket(index, files), { database, index, files, isOwner })
  } catch (error) {
    database.close()
    throw error
  }
}

/** Adds the removal of files that nothing needs, and the end. */
function withUpkeep(
  bucket: Bucket,
  {
    database,
    index,
    files,
    isOwner,
  }: {
    readonly database: DatabaseSync
    readonly index: BucketIndex
    readonly files: ContentFolder
    readonly isOwner: boolean
  },
): DiskBucket {
  async function deleteUnneeded(before: number): Promise<void> {
    const unneeded = index.unneeded(before)
    await Promise.all(unneeded.map((file) => files.delete(file)))
    if (unneeded.length > 0) index.forget(unneeded)
  }

  return {
    ...bucket,
    async sweep() {
      const now = Date.now()
      for (const id of index.abandonedUploads(now - abandonedMilliseconds)) index.endUpload(id)
      await deleteUnneeded(now - graceMilliseconds)
    },
    async close() {
      if (isOwner) await deleteUnneeded(Infinity)
      database.close()
    },
  }
}

async function repair(index: BucketIndex, files: ContentFolder): Promise<void> {
  for (const file of files.leftOver()) {
    if (index.uses(file)) files.keep(file)
    else await files.delete(file)
  }
}

function createDiskBucket(index: BucketIndex, files: ContentFolder): Bucket {
  function commit(
    key: string,
    { file, size, etag }: WrittenFile,
    { httpMetadata, customMetadata }: ObjectMetadata,
  ): StoredObject {
    const object = { key, file, size, etag, uploaded: Date.now(), httpMetadata, customMetadata }
    index.put(object)
    files.keep(file)
    return toStored(object)
  }

  /** Deletes the file again if the index does not take it, for example on a full disk. */
  async function indexed<T>({ file }: WrittenFile, put: () => T): Promise<T> {
    try {
      return put()
    } catch (error) {
      if (!index.uses(file)) await files.delete(file)
      throw error
    }
  }

  function upload(key: string, uploadId: string): MultipartUpload {
    function expectUpload(): ObjectMetadata {
      const known = index.upload(uploadId)
      if (known === undefined || known.key !== key) throw refusal('noSuchUpload')
      return known.metadata
    }
    return {
      key,
      uploadId,
      async uploadPart(partNumber, content) {
        expectUpload()
        const written = await files.write(content)
        await indexed(written, () => {
          expectUpload()
          index.putPart(uploadId, partNumber, written)
          files.keep(written.file)
        })
        return { partNumber, etag: written.etag }
      },
      async complete(parts) {
        expectUpload()
        const known = index.parts(uploadId)
        const chosen = parts.map(({ partNumber, etag }) => {
          const part = known.get(partNumber)
          if (part === undefined || part.etag !== etag) throw refusal('noSuchPart')
          return part
        })
        if (chosen.slice(0, -1).some(({ size }) => size < minPartBytes)) throw refusal('smallPart')
        const written = await files.write(concatenated(files, chosen))
        return await indexed(written, () => {
          const metadata = expectUpload()
          const stored = commit(key, { ...written, etag: etagOfParts(parts) }, metadata)
          index.endUpload(uploadId)
          return stored
        })
      },
      async abort() {
        index.endUpload(uploadId)
      },
    }
  }

  return {
    async head(key) {
      const found = index.find(key)
      return found === undefined ? null : toStored(found)
    },
    async get(key, options) {
      const found = index.find(key)
      return found === undefined ? null : withBody(found, files, options?.range)
    },
    async put(key, content, metadata = {}) {
      expectKey(key)
      const written = await files.write(content)
      return await indexed(written, () => commit(key, written, metadata))
    },
    async delete(keys) {
      const list = typeof keys === 'string' ? [keys] : keys
      if (list.length > maxDeletedKeys)
        throw new RangeError(`At most ${maxDeletedKeys} keys can be deleted at once.`)
      index.delete(list)
    },
    async list({ prefix, cursor = '', startAfter = '', limit = maxListed }) {
      const size = Math.min(limit, maxListed)
      const after = laterOf(cursor, startAfter)
      const found = index.list({ prefix, after, limit: size + 1 })
      const objects = found.slice(0, size).map(toStored)
      const truncated = found.length > size
      return { objects, truncated, ...(truncated ? { cursor: objects.at(-1)?.key ?? after } : {}) }
    },
    async createMultipartUpload(key, metadata = {}) {
      expectKey(key)
      const id = randomUUID()
      index.beginUpload(id, key, metadata, Date.now())
      return upload(key, id)
    },
    resumeMultipartUpload: upload,
  }
}

/** The text and number of R2's errors. */
const refusals = {
  noSuchUpload: 'The specified multipart upload does not exist. (10024)',
  noSuchPart: 'One or more of the specified parts could not be found. (10025)',
  smallPart: 'Your proposed upload is smaller than the minimum allowed object size. (10011)',
  badKey: 'The specified object name is not valid. (10020)',
  badRange: 'The requested range is not satisfiable. (10039)',
} as const

function refusal(reason: keyof typeof refusals): Error {
  return new Error(refusals[reason])
}

function expectKey(key: string): void {
  const isValid = key !== '' && key.isWellFormed() && byteLength(key) <= maxKeyBytes
  if (!isValid) throw refusal('badKey')
}

/** The later of two keys in the order of bytes. */
function laterOf(a: string, b: string): string {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 ? b : a
}

async function* concatenated(
  files: ContentFolder,
  parts: readonly { readonly file: string; readonly size: number }[],
): AsyncGenerator<Uint8Array> {
  for (const { file, size } of parts) yield* files.stream(file, { offset: 0, length: size })
}

/** The ETag of an object in parts, made as S3 makes it. */
function etagOfParts(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}

function toStored(object: IndexedObject): StoredObject {
  const { key, size, etag, uploaded, httpMetadata, customMetadata } = object
  return {
    key,
    size,
    etag,
    httpEtag: `"${etag}"`,
    uploaded: new Date(uploaded),
    httpMetadata: httpMetadata ?? {},
    customMetadata: customMetadata ?? {},
  }
}

function withBody(
  object: IndexedObject,
  files: ContentFolder,
  range: FileRange | undefined,
): StoredObjectBody {
  const { file, size } = object
  if (range !== undefined && range.offset >= size) throw refusal('badRange')
  const { offset, length } = range ?? { offset: 0, length: size }
  const read = { offset, length: Math.min(length, size - offset) }
  const body = files.stream(file, read)
  return {
    ...toStored(object),
    body,
    arrayBuffer: async () => await new Response(body).arrayBuffer(),
  }
}
