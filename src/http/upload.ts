/*
 * Files that a request sends. Small ones are kept in memory until the request is answered; what is
 * more goes into a spool while it is still arriving, so that no request needs the memory its files
 * would.
 */
import { joined } from '#kernel/bytes.ts'
import { randomString } from '#kernel/random.ts'

/** A file that a request sent. */
export interface Upload {
  /** Twenty random characters `[a-z0-9]` that no other upload has. */
  readonly token: string
  /** What the client calls it, without folders. */
  readonly name: string
  readonly sizeBytes: number
  /** Its first bytes, by which its type is told. */
  readonly head: Uint8Array
  readonly content: InMemory | Spooled
}

interface InMemory {
  readonly chunks: readonly Uint8Array[]
}

/** Bytes of an object that holds the files of a request one after another, beginning at an offset. */
interface Spooled {
  readonly key: string
  readonly offset: number
}

/** Takes in bytes while they arrive. */
export interface SpoolWriter {
  /** The key under which they can be read once the writer is closed. */
  readonly key: string
  /** Resolves when more can be taken; that is the sender's brake. */
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  /** Gives up what was written. Never fails. */
  abort(): Promise<void>
}

/** Where files go that are too large for memory. */
export interface UploadSpool {
  open(): Promise<SpoolWriter>
}

/** Bytes of files that a request may have in memory together. */
const memoryBytes = 8 * 1024 * 1024

const tokenLength = 20
const tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const headBytes = 4096

/**
 * Takes in the files of one request, one after another; what memory has no room for shares one spool,
 * however many files that are. Without a spool all of them stay in memory.
 */
export class UploadReceiver {
  readonly #spool: UploadSpool | undefined
  #memoryLeft = memoryBytes
  #writer: SpoolWriter | undefined
  #spooledBytes = 0

  constructor(spool: UploadSpool | undefined) {
    this.#spool = spool
  }

  /** Reads a file to its end. One that is spooled can be read once all are {@link close}d. */
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
      // A view would keep all bytes that arrived together with these.
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

  /** Says that these were all. */
  async close(): Promise<void> {
    await this.#writer?.close()
  }

  /** Gives up what was spooled, when the request breaks off. Never fails. */
  async abort(): Promise<void> {
    await this.#writer?.abort()
  }

  async #write(chunk: Uint8Array): Promise<void> {
    this.#spooledBytes += chunk.length
    await this.#writer?.write(chunk)
  }
}
