/*
 * Writes an archive into the bucket as a multipart upload. Its state is small, so another
 * invocation can continue the upload. Parts that were sent after the state was saved are sent again
 * under the same numbers.
 */
import { joined } from '#kernel/bytes.ts'
import { continueCrc32 } from '#kernel/crc32.ts'
import type { Bucket, MultipartUpload, UploadedPart } from '#platform/bindings.ts'
import {
  dataDescriptor,
  directoryLine,
  endOfArchive,
  localHeader,
  maxDirectoryBytes,
  type ZipEntry,
} from './zip-format.ts'

/** The size of all parts except the last. */
const partBytes = 8 * 1024 * 1024

/** The state of an archive between two steps. */
export interface WriterState {
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly UploadedPart[]
  /** The number of bytes, including `rest`. */
  readonly bytes: number
}

/** Writes an archive. */
export class ArchiveWriter {
  readonly #upload: MultipartUpload
  readonly #parts: UploadedPart[]
  readonly #entries: ZipEntry[] = []
  #chunks: Uint8Array[]
  #waiting: number
  #bytes: number

  private constructor(
    upload: MultipartUpload,
    state: Pick<WriterState, 'parts' | 'bytes'>,
    rest: Uint8Array,
  ) {
    this.#upload = upload
    this.#parts = [...state.parts]
    this.#bytes = state.bytes
    this.#chunks = [rest]
    this.#waiting = rest.length
  }

  /** Starts an archive. */
  static async begin(bucket: Bucket, key: string): Promise<ArchiveWriter> {
    const upload = await bucket.createMultipartUpload(key, {
      httpMetadata: { contentType: 'application/zip' },
    })
    return new ArchiveWriter(upload, { parts: [], bytes: 0 }, new Uint8Array())
  }

  /** Resumes an archive. */
  static resume(bucket: Bucket, state: WriterState, rest: Uint8Array): ArchiveWriter {
    return new ArchiveWriter(bucket.resumeMultipartUpload(state.key, state.uploadId), state, rest)
  }

  /** The state to save, with the bytes that do not fill a part yet. */
  get state(): { readonly state: WriterState; readonly rest: Uint8Array } {
    const { key, uploadId } = this.#upload
    const state = { key, uploadId, parts: [...this.#parts], bytes: this.#bytes }
    return { state, rest: joined(this.#chunks) }
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
    if (this.#waiting > 0) await this.#send(joined(this.#chunks))
    await this.#upload.complete(this.#parts)
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length
    let rest = bytes
    while (this.#waiting + rest.length >= partBytes) {
      const fitting = partBytes - this.#waiting
      await this.#send(joined([...this.#chunks, rest.subarray(0, fitting)]))
      this.#chunks = []
      this.#waiting = 0
      rest = rest.subarray(fitting)
    }
    if (rest.length === 0) return
    this.#chunks.push(rest)
    this.#waiting += rest.length
  }

  async #send(part: Uint8Array): Promise<void> {
    this.#parts.push(await this.#upload.uploadPart(this.#parts.length + 1, part))
  }
}

async function deflated(content: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
