import { runBatch } from '#database/batch.ts'
import { type FileSweep, expediteSweeps } from '#database/file-sweeps.ts'
import type { Background, Bucket, Database } from '#platform/bindings.ts'
import { joined } from '#kernel/bytes.ts'
import type { FileStore, NewFile } from '#records/write/file-store.ts'
import { metadataOf } from './object-metadata.ts'
import { openSpool } from './spool.ts'

/** Dependencies of the store. */
interface Ports {
  readonly bucket: Bucket
  readonly db: Database
  readonly background: Background
  /** Removes orphaned files. */
  readonly sweep: () => Promise<unknown>
}

/** The files of one request. */
export interface RequestFiles extends FileStore {
  /** Call it after the response: starts the sweep of orphaned files. */
  finish(): void
}

/** Maximum objects written in parallel. */
const concurrency = 6

/** Creates the store of a request's files over a bucket. */
export function createFileStore({ bucket, db, background, sweep }: Ports): RequestFiles {
  const spooled: FileSweep[] = []
  const discarded: FileSweep[] = []
  let isSweepDue = false

  async function tidy(): Promise<void> {
    const given = [...spooled, ...discarded]
    if (given.length > 0) await runBatch(db, [expediteSweeps(given, new Date())])
    await sweep()
  }

  return {
    spool: { open: () => openSpool({ bucket, db }, (opened) => spooled.push(opened)) },
    async put(files) {
      for (let start = 0; start < files.length; start += concurrency) {
        await Promise.all(
          files.slice(start, start + concurrency).map((file) => putFile(bucket, file)),
        )
      }
    },
    discard: (announced) => discarded.push(...announced),
    sweep: () => {
      isSweepDue = true
    },
    finish: () => {
      if (isSweepDue || spooled.length > 0 || discarded.length > 0) background.run(tidy())
    },
  }
}

async function putFile(
  bucket: Bucket,
  { key, contentType, originalName, upload: { content, sizeBytes } }: NewFile,
): Promise<void> {
  const metadata = metadataOf({ contentType, originalName })
  if ('chunks' in content) {
    await bucket.put(key, joined(content.chunks), metadata)
    return
  }
  const range = { offset: content.offset, length: sizeBytes }
  const spooled = await bucket.get(content.key, { range })
  if (spooled === null) throw new Error('An upload disappeared before it was stored.')
  await bucket.put(key, spooled.body, metadata)
}
