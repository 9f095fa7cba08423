import type { Bucket } from '#platform/bindings.ts'

/** The number of bytes between two ends of a stream. */
export interface HeldBytes {
  produced: number
  consumed: number
  /** The maximum at any time. */
  most: number
}

/** A new count. */
export function noHeldBytes(): HeldBytes {
  return { produced: 0, consumed: 0, most: 0 }
}

/** Counts bytes that were produced or consumed. */
export function count(held: HeldBytes, change: { produced?: number; consumed?: number }): void {
  held.produced += change.produced ?? 0
  held.consumed += change.consumed ?? 0
  held.most = Math.max(held.most, held.produced - held.consumed)
}

/** A body whose chunks are produced only when they are pulled. */
export function producedStream(
  held: HeldBytes,
  chunks: Iterable<Uint8Array>,
): ReadableStream<Uint8Array> {
  const source = chunks[Symbol.iterator]()
  return new ReadableStream(
    {
      pull(controller) {
        const { value, done } = source.next()
        if (done === true) return controller.close()
        count(held, { produced: value.length })
        controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}

/** A bucket that counts the uploaded parts. */
export function countingBucket(bucket: Bucket, held: HeldBytes): Bucket {
  return {
    head: (key) => bucket.head(key),
    get: (key, options) => bucket.get(key, options),
    put: (key, content, options) => bucket.put(key, content, options),
    delete: (keys) => bucket.delete(keys),
    list: (options) => bucket.list(options),
    resumeMultipartUpload: (key, id) => bucket.resumeMultipartUpload(key, id),
    async createMultipartUpload(key, options) {
      const upload = await bucket.createMultipartUpload(key, options)
      return {
        key: upload.key,
        uploadId: upload.uploadId,
        async uploadPart(number, content) {
          const part = await upload.uploadPart(number, content)
          count(held, { consumed: content.length })
          return part
        },
        complete: (parts) => upload.complete(parts),
        abort: () => upload.abort(),
      }
    },
  }
}
