import { reserveKeys, type FileSweep } from '#database/file-sweeps.ts'
import { runBatch } from '#database/batch.ts'
import type { SpoolWriter } from '#http/upload.ts'
import { joined } from '#kernel/bytes.ts'
import { newId, randomString } from '#kernel/random.ts'
import type { Bucket, Database, MultipartUpload, UploadedPart } from '#platform/bindings.ts'
import { spoolPrefix } from './object-key.ts'

/** The size of all parts of an upload except the last. One part is in memory at a time. */
const partBytes = 8 * 1024 * 1024

/**
 * Spools the files of one request while they arrive, in an object that no record names. Its key is
 * reserved first, so that it is swept if it stays unused.
 *
 * Database: 1 batch.
 */
export async function openSpool(
  { bucket, db }: { readonly bucket: Bucket; readonly db: Database },
  opened: (sweep: FileSweep) => void,
): Promise<SpoolWriter> {
  const key = spoolPrefix + randomString(30)
  const sweep = { id: newId(), prefix: key }
  await runBatch(db, [reserveKeys([sweep], new Date())])
  opened(sweep)
  return new BucketWriter(await bucket.createMultipartUpload(key))
}

class BucketWriter implements SpoolWriter {
  readonly key: string
  readonly #upload: MultipartUpload
  readonly #parts: UploadedPart[] = []
  #chunks: Uint8Array[] = []
  #bytes = 0

  constructor(upload: MultipartUpload) {
    this.key = upload.key
    this.#upload = upload
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk
    while (this.#bytes + rest.length >= partBytes) {
      const fitting = partBytes - this.#bytes
      this.#chunks.push(rest.subarray(0, fitting))
      rest = rest.subarray(fitting)
      await this.#send()
    }
    this.#chunks.push(rest)
    this.#bytes += rest.length
  }

  async close(): Promise<void> {
    if (this.#bytes > 0 || this.#parts.length === 0) await this.#send()
    await this.#upload.complete(this.#parts)
  }

  async abort(): Promise<void> {
    try {
      await this.#upload.abort()
    } catch (error) {
      // oxlint-disable-next-line no-console -- the bucket removes the upload after some days
      console.error({ spool: this.key, error: String(error) })
    }
  }

  async #send(): Promise<void> {
    const part = joined(this.#chunks)
    this.#chunks = []
    this.#bytes = 0
    this.#parts.push(await this.#upload.uploadPart(this.#parts.length + 1, part))
  }
}
