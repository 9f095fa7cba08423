/*
 * Uploaded files of a request. Small ones stay in memory until the response is sent. Larger ones
 * are spooled while they arrive, so that no request holds all its files in memory.
 */
import { joined } from '#kernel/bytes.ts'
import { randomString } from '#kernel/random.ts'

/** An uploaded file. */
export interface Upload {
  /** Twenty random characters `[a-z0-9]`, unique to the upload. */
  readonly token: string
  /** The client's name for it, without folders. */
  readonly name: string
  readonly sizeBytes: number
  /** Its first bytes, which decide its type. */
  readonly head: Uint8Array
  readonly content: InMemory | Spooled
}

interface InMemory {
  readonly chunks: readonly Uint8Array[]
}

/** A range of the object that holds the files of a request one after another. */
interface Spooled {
  readonly key: string
  readonly offset: number
}

/** Writes a stream to the spool. */
export interface SpoolWriter {
  /** The key that the bytes can be read under once the writer is closed. */
  readonly key: string
  /** Resolves when more can be written, which provides backpressure. */
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  /** Discards what was written. Never fails. */
  abort(): Promise<void>
}

/** Stores files that are too large for memory. */
export interface UploadSpool {
  open(): Promise<SpoolWriter>
}

/** Maximum bytes of a request's files in memory. */
const memoryBytes = 8 * 1024 * 1024

const tokenLength = 20
const tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const headBytes = 4096

/**
 * Receives the files of one request, one after another. Files that do not fit in memory share one
 * spool. Without a spool all of them stay in memory.
 */
export class UploadReceiver {
  readonly #spool: UploadSpool | undefined
  #memoryLeft = memoryBytes
  #writer: SpoolWriter | undefined
  #spooledBytes = 0

  constructor(spool: UploadSpool | undefined) {
    this.#spool = spool
  }

  /** Reads a file to its end. A spooled file can be read only after {@link close}. */
  async receive(name: string, content: AsyncIterable<Uint8Array>): Promise<Upload> {
    let chunks: Uint8Array[] = []
    let head = new Uint8Array(0)
    let sizeBytes = 0
    let spooled: Spooled | undefined
    for await (const chunk of content) {
      if (head.length < headBytes) head = joined([head, chunk.subarray(0, headBytes - head.length)])
      sizeBytes += chunk.length
      if (spooled !== undefined) {
        await this.#write(chunk)
        continue
      }
      // A view would keep all bytes that arrived in the same chunk.
      chunks.push(chunk.slice())
      if (this.#spool === undefined || sizeBytes <= this.#memoryLeft) continue
      this.#writer ??= await this.#spool.open()
      spooled = { key: this.#writer.key, offset: this.#spooledBytes }
      for (const kept of chunks) await this.#write(kept)
      chunks = []
    }
    const token = randomString(tokenLength, tokenAlphabet)
    if (spooled !== undefined) return { token, name, sizeBytes, head, content: spooled }
    this.#memoryLeft -= sizeBytes
    return { token, name, sizeBytes, head, content: { chunks } }
  }

  /** Finishes the upload after the last file. */
  async close(): Promise<void> {
    await this.#writer?.close()
  }

  /** Discards spooled files when the request fails. Never throws. */
  async abort(): Promise<void> {
    await this.#writer?.abort()
  }

  async #write(chunk: Uint8Array): Promise<void> {
    this.#spooledBytes += chunk.length
    await this.#writer?.write(chunk)
  }
}
