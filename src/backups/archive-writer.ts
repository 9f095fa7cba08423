/*
 * Writes an archive into the bucket as a multipart upload. Its state is small, so another
 * invocation can continue the upload. Parts that were sent after the state was saved are sent again
 * under the same numbers.
 */
import { continueCrc32 } from '#kernel/crc32.ts'
import type { Bucket, MultipartUpload } from '#platform/bindings.ts'
import { PartWriter, type WrittenParts } from '#platform/part-writer.ts'
import {
  dataDescriptor,
  directoryLine,
  endOfArchive,
  localHeader,
  maxDirectoryBytes,
  type ZipEntry,
} from './zip-format.ts'

/** The state of an archive between two steps. */
export interface WriterState {
  readonly key: string
  readonly uploadId: string
  readonly parts: WrittenParts['parts']
  /** The number of bytes, including `rest`. */
  readonly bytes: number
}

/** Writes an archive. */
export class ArchiveWriter {
  readonly #upload: MultipartUpload
  readonly #parts: PartWriter
  readonly #entries: ZipEntry[] = []
  #bytes: number

  private constructor(upload: MultipartUpload, bytes: number, written?: WrittenParts) {
    this.#upload = upload
    this.#parts = new PartWriter(upload, written)
    this.#bytes = bytes
  }

  /** Starts an archive. */
  static async begin(bucket: Bucket, key: string): Promise<ArchiveWriter> {
    const upload = await bucket.createMultipartUpload(key, {
      httpMetadata: { contentType: 'application/zip' },
    })
    return new ArchiveWriter(upload, 0)
  }

  /** Resumes an archive. */
  static resume(bucket: Bucket, state: WriterState, rest: Uint8Array): ArchiveWriter {
    const upload = bucket.resumeMultipartUpload(state.key, state.uploadId)
    return new ArchiveWriter(upload, state.bytes, { parts: state.parts, rest })
  }

  /** The state to save, with the bytes that do not fill a part yet. */
  get state(): { readonly state: WriterState; readonly rest: Uint8Array } {
    const { key, uploadId } = this.#upload
    const { parts, rest } = this.#parts.written
    return { state: { key, uploadId, parts, bytes: this.#bytes }, rest }
  }

  /** The entries written by this writer. */
  get entries(): readonly ZipEntry[] {
    return this.#entries
  }

  /** Writes an entry from memory, compressed. */
  async add(name: string, content: Uint8Array): Promise<void> {
    const compressed = await deflated(content)
    const crc = continueCrc32(0, content)
    const start = {
      name,
      method: 'deflate' as const,
      crc,
      compressedSize: compressed.length,
      size: content.length,
    }
    const offset = this.#bytes
    await this.#write(localHeader(start))
    await this.#write(compressed)
    this.#entries.push({ ...start, offset, comment: '' })
  }

  /** Writes an entry from a stream. @throws {Error} If its size differs from the declared one. */
  async addStream(
    name: string,
    size: number,
    content: AsyncIterable<Uint8Array>,
    comment: string,
  ): Promise<void> {
    const offset = this.#bytes
    const start = { name, method: 'store' as const, compressedSize: size, size }
    await this.#write(localHeader({ ...start, crc: undefined }))
    let crc = 0
    let written = 0
    for await (const chunk of content) {
      crc = continueCrc32(crc, chunk)
      written += chunk.length
      await this.#write(chunk)
    }
    if (written !== size) throw new Error(`${name} changed while it was read.`)
    await this.#write(dataDescriptor({ crc, compressedSize: size, size }))
    this.#entries.push({ ...start, crc, offset, comment })
  }

  /** Finishes the archive with the directory of all its entries. */
  async complete(entries: AsyncIterable<ZipEntry>): Promise<void> {
    const offset = this.#bytes
    let count = 0
    for await (const entry of entries) {
      await this.#write(directoryLine(entry))
      count++
    }
    const size = this.#bytes - offset
    if (size > maxDirectoryBytes) throw new Error('It has more files than a restore could read.')
    await this.#write(endOfArchive(count, size, offset))
    await this.#parts.complete()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length
    await this.#parts.write(bytes)
  }
}

async function deflated(content: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
