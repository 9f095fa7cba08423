/*
 * Time-based one-time passwords of RFC 6238: HMAC-SHA-1 of the number of 30-second steps since 1970,
 * truncated to six digits. These are the parameters that every authenticator app supports.
 */
import { unixSeconds } from '#kernel/dates.ts'

/** The digits of a code. */
export const codeDigits = 6
/** The seconds for which a code is current. */
export const stepSeconds = 30
/** The bytes of a seed: as many as the hash has. */
const seedBytes = 20

/** A new seed. */
export function newSeed(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(seedBytes))
}

/** The time step of a moment. */
export function stepAt(now: Date): number {
  return Math.floor(unixSeconds(now) / stepSeconds)
}

/** The code of a time step. */
export async function codeAt(seed: Uint8Array<ArrayBuffer>, step: number): Promise<string> {
  const message = new Uint8Array(8)
  new DataView(message.buffer).setBigUint64(0, BigInt(step))
  const hmac = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', seed, hmac, false, ['sign'])
  const digest = new DataView(await crypto.subtle.sign('HMAC', key, message))
  const offset = digest.getUint8(digest.byteLength - 1) & 0xf
  const number = (digest.getUint32(offset) & 0x7fff_ffff) % 10 ** codeDigits
  return String(number).padStart(codeDigits, '0')
}

/** A code to check. */
export interface CodeCheck {
  readonly code: string
  /** The step of the last accepted code. It and earlier ones are used up. */
  readonly lastStep: number
  /** Steps accepted before and after the current one. */
  readonly skew: number
  readonly now: Date
}

/** The time step whose code was entered; undefined if it is wrong or used up. */
export async function matchedStep(
  seed: Uint8Array<ArrayBuffer>,
  { code, lastStep, skew, now }: CodeCheck,
): Promise<number | undefined> {
  const current = stepAt(now)
  let matched: number | undefined
  // Every step is computed, so that the time does not depend on the code.
  for (let step = current - skew; step <= current + skew; step++) {
    const isEqual = isSameText(await codeAt(seed, step), code)
    if (isEqual && step > lastStep) matched = step
  }
  return matched
}

/** The digits of a code as people type it, with spaces or dashes between them. */
export function codeDigitsOf(text: string): string {
  return text.replace(/[\s-]/g, '')
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes in base32, as authenticator apps read a seed. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += base32Alphabet[(value >> bits) & 31]
    }
    value &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + base32Alphabet[(value << (5 - bits)) & 31]
}

/** The bytes of a text in base32. Other characters are skipped. */
export function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text.toUpperCase()) {
    const digit = base32Alphabet.indexOf(character)
    if (digit === -1) continue
    value = (value << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >> bits) & 255)
    value &= (1 << bits) - 1
  }
  return new Uint8Array(bytes)
}

/** The account that an authenticator app shows a code for. */
export interface SeedLabel {
  readonly issuer: string
  readonly account: string
}

/** The address that authenticator apps read, usually from a QR code. */
export function seedUri(secret: string, { issuer, account }: SeedLabel): string {
  const label = [issuer, account].filter((part) => part !== '').map(encodeURIComponent)
  const parameters = [
    ['secret', secret],
    ...(issuer === '' ? [] : [['issuer', issuer]]),
    ['algorithm', 'SHA1'],
    ['digits', String(codeDigits)],
    ['period', String(stepSeconds)],
  ]
  // Apps read `+` as it is, so spaces are encoded as in a path.
  const query = parameters.map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`)
  return `otpauth://totp/${label.join(':')}?${query.join('&')}`
}

/** Compares without stopping at the first difference. */
function isSameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
