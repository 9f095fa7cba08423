/** Random values that are the same again for the same seed. */
export interface SeededRandom {
  /** From 0 to 1. */
  next(): number
  /** An id of a record. */
  id(): string
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 15

/** A new seed. */
export function newSeed(): Uint32Array {
  return crypto.getRandomValues(new Uint32Array(4))
}

/**
 * Creates values from a seed of 128 bits. They are for names and choices: who sees some of them can
 * compute the others, so they are no secrets.
 *
 * @see https://pracrand.sourceforge.net (sfc32)
 */
export function createSeededRandom(seed: Uint32Array): SeededRandom {
  let [a = 0, b = 0, c = 0, d = 1] = seed
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  const letter = (): string => alphabet.charAt(Math.floor(next() * alphabet.length))
  return { next, id: () => Array.from({ length: idLength }, letter).join('') }
}
