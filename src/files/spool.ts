import { reserveKeys, type FileSweep } from '#database/file-sweeps.ts'
import { runBatch } from '#database/batch.ts'
import type { SpoolWriter } from '#http/body/upload.ts'
import { newId, randomString } from '#kernel/random.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import { PartWriter } from '#platform/part-writer.ts'
import { spoolPrefix } from './object-key.ts'

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
  const upload = await bucket.createMultipartUpload(key)
  const parts = new PartWriter(upload)
  return {
    key,
    write: (chunk) => parts.write(chunk),
    close: async () => {
      await parts.complete()
    },
    abort: async () => {
      try {
        await upload.abort()
      } catch (error) {
        // oxlint-disable-next-line no-console -- the bucket removes the upload after some days
        console.error({ spool: key, error: String(error) })
      }
    },
  }
}
