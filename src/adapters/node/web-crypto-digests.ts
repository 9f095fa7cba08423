import { hash } from 'node:crypto'

/** Longer data is left to a thread of Node's. */
const shortBytes = 256 * 1024

/**
 * Lets Web Crypto digest as Workers do. Node has no MD5, which only detects differences here: nothing
 * is protected by it. And Node hands each SHA-256 to another thread, which for a short text, such as
 * the tag of a record, costs ten times as much as the digest.
 */
export function provideDigests(): void {
  const { subtle } = crypto
  const original = subtle.digest.bind(subtle)
  subtle.digest = async (
    algorithm: string | { name: string },
    data: ArrayBuffer | ArrayBufferView,
  ) => {
    const name = (typeof algorithm === 'string' ? algorithm : algorithm.name).toUpperCase()
    const isOurs = name === 'MD5' || (name === 'SHA-256' && data.byteLength <= shortBytes)
    if (!isOurs) return await original(algorithm, data)
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    return new Uint8Array(hash(name, bytes, 'buffer')).buffer
  }
}
