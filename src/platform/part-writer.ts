import type { MultipartUpload, StoredObject, UploadedPart } from './bindings.ts'

/** The size of all parts of an upload except the last. */
export const partBytes = 8 * 1024 * 1024

/** The progress of an upload, from which another writer can continue. */
export interface WrittenParts {
  readonly parts: readonly UploadedPart[]
  /** The bytes that do not fill a part yet. */
  readonly rest: Uint8Array
}

/**
 * Writes bytes as the parts of a multipart upload.
 *
 * Memory: one part.
 */
export class PartWriter {
  readonly #upload: MultipartUpload
  readonly #parts: UploadedPart[]
  #part = new Uint8Array(partBytes)
  #filled = 0

  constructor(upload: MultipartUpload, written?: WrittenParts) {
    this.#upload = upload
    this.#parts = [...(written?.parts ?? [])]
    this.#part.set(written?.rest ?? [])
    this.#filled = written?.rest.length ?? 0
  }

  /** The progress so far. */
  get written(): WrittenParts {
    return { parts: [...this.#parts], rest: this.#part.slice(0, this.#filled) }
  }

  /** Resolves when more can be written, which provides backpressure. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + partBytes - this.#filled)
      this.#part.set(taken, this.#filled)
      this.#filled += taken.length
      at += taken.length
      if (this.#filled === partBytes) {
        await this.#send()
        this.#part = new Uint8Array(partBytes)
        this.#filled = 0
      }
    }
  }

  /** Sends the last part and completes the upload. An upload without bytes has one empty part. */
  async complete(): Promise<StoredObject> {
    if (this.#filled > 0 || this.#parts.length === 0) await this.#send()
    return await this.#upload.complete(this.#parts)
  }

  async #send(): Promise<void> {
    const part = this.#part.subarray(0, this.#filled)
    this.#parts.push(await this.#upload.uploadPart(this.#parts.length + 1, part))
  }
}
