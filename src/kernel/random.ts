const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'

/** The alphabet of record ids. */
const idAlphabet = lowercase + digits
/** The alphabet of secrets and token keys. */
const secretAlphabet = lowercase + lowercase.toUpperCase() + digits

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
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** A record id: 15 characters of `[a-z0-9]`. */
export function newId(): string {
  return randomString(15, idAlphabet)
}
