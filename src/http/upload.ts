/*
 * Files that a request sends. Small ones are kept in memory until the request is answered; what is
 * more goes into a spool while it is still arriving, so that no request needs the memory its files
 * would.
 */
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
  /** Where its bytes are. */
  readonly content: { readonly chunks: readonly Uint8Array[] } | { readonly spooled: string }
}

/** Takes in one file while it arrives. */
export interface SpoolWriter {
  /** Resolves when more can be taken; that is the sender's brake. */
  write(chunk: Uint8Array): Promise<void>
  /** The key under which the file can be read. */
  close(): Promise<string>
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

/** Takes in the files of one request, one after another. Without a spool all of them stay in memory. */
export class UploadReceiver {
  readonly #spool: UploadSpool | undefined
  #memoryLeft = memoryBytes

  constructor(spool: UploadSpool | undefined) {
    this.#spool = spool
  }

  /** Reads a file to its end. What it had spooled of a file that breaks off is given up. */
  async receive(name: string, content: AsyncIterable<Uint8Array>): Promise<Upload> {
    let chunks: Uint8Array[] = []
    let head = new Uint8Array(0)
    let sizeBytes = 0
    let writer: SpoolWriter | undefined
    try {
      for await (const chunk of content) {
        if (head.length < headBytes)
          head = joined([head, chunk.subarray(0, headBytes - head.length)])
        sizeBytes += chunk.length
        if (writer !== undefined) {
          await writer.write(chunk)
          continue
        }
        // A view would keep all bytes that arrived together with these.
        chunks.push(chunk.slice())
        if (this.#spool === undefined || sizeBytes <= this.#memoryLeft) continue
        writer = await this.#spool.open()
        for (const kept of chunks) await writer.write(kept)
        chunks = []
      }
    } catch (error) {
      await writer?.abort()
      throw error
    }
    const token = randomString(tokenLength, tokenAlphabet)
    if (writer !== undefined) {
      return { token, name, sizeBytes, head, content: { spooled: await writer.close() } }
    }
    this.#memoryLeft -= sizeBytes
    return { token, name, sizeBytes, head, content: { chunks } }
  }
}

/** Bytes one after another, as one array. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
