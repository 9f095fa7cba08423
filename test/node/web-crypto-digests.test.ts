import { createHash } from 'node:crypto'
import { describe, it } from 'vitest'

const bytes = new Uint8Array(300 * 1024).map((_, at) => at % 251)

describe('Web Crypto on Node', () => {
  it.for([
    { algorithm: 'SHA-256', data: bytes.subarray(3, 400) },
    { algorithm: 'SHA-256', data: bytes },
    { algorithm: 'SHA-256', data: new Uint8Array(0) },
    { algorithm: 'SHA-512', data: bytes.subarray(1) },
    { algorithm: 'MD5', data: bytes.subarray(7) },
  ])('digests by $algorithm', async ({ algorithm, data }, { expect }) => {
    const digest = await crypto.subtle.digest(algorithm, data)

    const own = createHash(algorithm).update(data).digest('hex')
    expect(digest).toBeInstanceOf(ArrayBuffer)
    expect(Buffer.from(digest).toString('hex')).toBe(own)
  })
})
