import { createHash } from 'node:crypto'

/**
 * Lets Web Crypto digest MD5, as Workers do and Node does not. MD5 only detects differences; nothing is
 * protected by it.
 */
export function provideMd5(): void {
  const { subtle } = crypto
  const original = subtle.digest.bind(subtle)
  subtle.digest = async (
    algorithm: string | { name: string },
    data: ArrayBuffer | ArrayBufferView,
  ) => {
    const name = typeof algorithm === 'string' ? algorithm : algorithm.name
    if (name.toUpperCase() !== 'MD5') return await original(algorithm, data)
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    return new Uint8Array(createHash('md5').update(bytes).digest()).buffer
  }
}
