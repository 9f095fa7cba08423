/*
 * Random bytes are drawn in blocks, because a call of Web Crypto costs many times what an id needs
 * of it. A byte is used once, and erased from the block when it is, so that a secret cannot be
 * found there afterwards.
 */
const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'

/** The alphabet of record ids. */
const idAlphabet = lowercase + digits
/** The alphabet of secrets and token keys. */
const secretAlphabet = lowercase + lowercase.toUpperCase() + digits

const block = new Uint8Array(2048)
/** The number of bytes of the block that were used. It is filled when the first one is needed. */
let used = block.length

function randomByte(): number {
  if (used === block.length) {
    crypto.getRandomValues(block)
    used = 0
  }
  const byte = block[used] ?? 0
  block[used] = 0
  used++
  return byte
}

/**
 * A cryptographically random string in which every character is equally likely. The alphabet has at
 * most 256 characters.
 */
export function randomString(length: number, alphabet: string = secretAlphabet): string {
  // Bytes at or past the last whole multiple would favour the first characters, so they are drawn
  // again.
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    const byte = randomByte()
    if (byte < limit) text += alphabet[byte % alphabet.length]
  }
  return text
}

/** A record id: 15 characters of `[a-z0-9]`. */
export function newId(): string {
  return randomString(15, idAlphabet)
}

/** A new token key: the secret of an account that its tokens depend on. */
export function newTokenKey(): string {
  return randomString(50)
}
