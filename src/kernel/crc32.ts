const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** The CRC-32 (IEEE 802.3) of a string's UTF-8 bytes. PocketBase derives default ids from it. */
export function crc32(text: string): number {
  return continueCrc32(0, new TextEncoder().encode(text))
}

/** Continues a CRC-32 with more bytes. Start with 0. */
export function continueCrc32(crc: number, bytes: Uint8Array): number {
  let inverted = ~crc >>> 0
  for (const byte of bytes) inverted = (table[(inverted ^ byte) & 0xff] ?? 0) ^ (inverted >>> 8)
  return ~inverted >>> 0
}
