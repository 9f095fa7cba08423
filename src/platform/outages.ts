/*
 * Distinguishes an outage of a service from a defect of ours. An outage passes, so the client is
 * asked to retry (503); a defect stays until it is fixed (500). Each guard wraps a port and turns
 * outages into `unavailable`. All other errors pass unchanged.
 *
 * A write that ended with an outage may still have happened, if only its response was lost.
 */
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { BackupRunner } from './backups.ts'
import type { Bucket, Database, KeyValueStore, MultipartUpload, RawDatabase } from './bindings.ts'
import type { ImageResizer } from './images.ts'
import type { RealtimeShards } from './realtime.ts'

type Judgement = (error: Error) => boolean

async function reach<T>(call: () => Promise<T>, isOutage: Judgement): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const isMeant = error instanceof Error && isForeign(error) && isOutage(error)
    throw isMeant ? new ApiError(commonErrors.unavailable, { cause: error }) : error
  }
}

/** True if a service threw the error, rather than the code that calls it. */
function isForeign(error: Error): boolean {
  const own = [ApiError, TypeError, RangeError, ReferenceError, SyntaxError]
  return !own.some((kind) => error instanceof kind) && error.name !== 'DataCloneError'
}

/** SQLite could not access its file, or the disk is full. Its other errors are about the statement or the data. */
const sqliteOutage = /^SQLITE_(?:BUSY|LOCKED|IOERR|FULL|INTERRUPT|CANTOPEN|PROTOCOL)/

/** D1 reports errors of SQLite with a code, and wrong calls with a name of its own. */
function isDatabaseOutage({ message }: Error): boolean {
  // The last one, since the text of a guard comes before its code.
  const code = message.match(/\bSQLITE_[A-Z]+\b/g)?.at(-1)
  if (code !== undefined) return sqliteOutage.test(code)
  const isMisuse = /\bD1_(?!ERROR)[A-Z_]+|Wrong number of parameter bindings/.test(message)
  return !isMisuse && !/\bmaximum\b.*\b(?:size|limit)\b/i.test(message)
}

/** A failed call names its status. */
function isKeyValueOutage({ message }: Error): boolean {
  const [, status = '500'] = /failed: (\d{3})\b/.exec(message) ?? []
  return status === '429' || Number(status) >= 500
}

/**
 * R2's own codes, in parentheses: an internal error, no service, too many requests. 0 is unknown.
 */
function isBucketOutage({ message }: Error): boolean {
  const [, code] = /\((\d+)\)/.exec(message) ?? []
  return code === undefined || ['0', '10001', '10043', '10058'].includes(code)
}

/**
 * The platform marks errors that the object's own code threw. Those are defects, unless D1 failed
 * in it.
 */
function isObjectOutage(error: Error): boolean {
  const { remote, retryable, overloaded } = error as Error & {
    readonly remote?: boolean
    readonly retryable?: boolean
    readonly overloaded?: boolean
  }
  if (retryable === true || overloaded === true || remote !== true) return true
  const isDatabaseError = error.message.startsWith('D1_ERROR')
  return isDatabaseError
    ? isDatabaseOutage(error)
    : error.message === commonErrors.unavailable.message
}

/** Codes for failures of Images itself. The others are about the image. */
const imagesOutage = /^9(?:50[459]|51[0178]|52[389])$/
/** The local runtime also reports an unreadable image as 9523. */
const unreadablePicture = /Input buffer|Input image|unsupported image format/

function isImagesOutage(error: Error): boolean {
  const { code } = error as Error & { readonly code?: unknown }
  if (unreadablePicture.test(error.message)) return false
  const [known = /\b9\d{3}\b/.exec(error.message)?.[0]] =
    typeof code === 'number' ? [String(code)] : []
  if (known !== undefined) return imagesOutage.test(known)
  return /network connection lost|internal error|overloaded|timed out/i.test(error.message)
}

/** A database whose outages become `unavailable`. Its statements are not guarded, since few run alone. */
export function guardDatabase<D extends Database>(db: D): D {
  const guarded: Database = {
    prepare: (text) => db.prepare(text),
    batch: (statements) => reach(() => db.batch(statements), isDatabaseOutage),
    ...(hasSessions(db) && { bookmark: () => reach(() => readBookmark(db), isDatabaseOutage) }),
  }
  // Statements are the database's own, so they can do what its statements can.
  return guarded as D
}

/** The part of `D1Database` that knows bookmarks. */
interface SessionDatabase {
  withSession(first: 'first-primary'): {
    prepare(text: string): { run(): Promise<unknown> }
    getBookmark(): string | null
  }
}

function hasSessions(db: Database): db is Database & SessionDatabase {
  return 'withSession' in db && typeof db.withSession === 'function'
}

/** A session has a bookmark once it has read something. Database: 1 trip. */
async function readBookmark(db: SessionDatabase): Promise<string | null> {
  const session = db.withSession('first-primary')
  await session.prepare('SELECT 1').run()
  return session.getBookmark()
}

/** A database whose outages become `unavailable` when it returns rows as lists. */
export function guardRawDatabase(db: RawDatabase): RawDatabase {
  return {
    prepare: (text) => ({
      raw: (options) => reach(() => db.prepare(text).raw(options), isDatabaseOutage),
    }),
  }
}

/** A store whose outages become `unavailable`. */
export function guardKeyValueStore(store: KeyValueStore): KeyValueStore {
  return {
    get: (key) => reach(() => store.get(key), isKeyValueOutage),
    list: (options) => reach(() => store.list(options), isKeyValueOutage),
    put: (key, value, options) => reach(() => store.put(key, value, options), isKeyValueOutage),
    delete: (key) => reach(() => store.delete(key), isKeyValueOutage),
  }
}

/**
 * A bucket whose outages become `unavailable`. An outage in the middle of a stream ends the stream.
 */
export function guardBucket(bucket: Bucket): Bucket {
  return {
    head: (key) => reach(() => bucket.head(key), isBucketOutage),
    get: (key, options) => reach(() => bucket.get(key, options), isBucketOutage),
    put: (key, content, options) => reach(() => bucket.put(key, content, options), isBucketOutage),
    delete: (keys) => reach(() => bucket.delete(keys), isBucketOutage),
    list: (options) => reach(() => bucket.list(options), isBucketOutage),
    createMultipartUpload: async (key, options) =>
      guardUpload(await reach(() => bucket.createMultipartUpload(key, options), isBucketOutage)),
    resumeMultipartUpload: (key, uploadId) =>
      guardUpload(bucket.resumeMultipartUpload(key, uploadId)),
  }
}

function guardUpload(upload: MultipartUpload): MultipartUpload {
  return {
    key: upload.key,
    uploadId: upload.uploadId,
    uploadPart: (partNumber, content) =>
      reach(() => upload.uploadPart(partNumber, content), isBucketOutage),
    complete: (parts) => reach(() => upload.complete(parts), isBucketOutage),
    abort: () => reach(() => upload.abort(), isBucketOutage),
  }
}

/** Shards whose outages become `unavailable`. */
export function guardShards(shards: RealtimeShards): RealtimeShards {
  return {
    count: shards.count,
    enrichWith: (enrichOf) => shards.enrichWith(enrichOf),
    shard: (number) => {
      const shard = shards.shard(number)
      return {
        fetch: (request) => reach(() => shard.fetch(request), isObjectOutage),
        subscribe: (command) => reach(() => shard.subscribe(command), isObjectOutage),
        publish: (publication) => reach(() => shard.publish(publication), isObjectOutage),
        listeners: (topics) => reach(() => shard.listeners(topics), isObjectOutage),
        send: (message) => reach(() => shard.send(message), isObjectOutage),
      }
    },
  }
}

/** A backup runner whose outages become `unavailable`. */
export function guardBackups(runner: BackupRunner): BackupRunner {
  return {
    current: () => reach(() => runner.current(), isObjectOutage),
    start: (task, afterMilliseconds) =>
      reach(() => runner.start(task, afterMilliseconds), isObjectOutage),
    wait: () => reach(() => runner.wait(), isObjectOutage),
  }
}

/** A resizer whose outages become `unavailable`. Problems with an image do not. */
export function guardImages(images: ImageResizer): ImageResizer {
  return {
    measure: (image) => reach(() => images.measure(image), isImagesOutage),
    resize: (image, resize, format) =>
      reach(() => images.resize(image, resize, format), isImagesOutage),
  }
}
