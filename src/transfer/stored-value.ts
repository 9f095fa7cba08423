/*
 * Values of every SQLite type and their encoding as JSON. Equal strings mean equal values of the
 * same type.
 */
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { byteLength } from '#kernel/text.ts'

/** Bytes in hexadecimal: a BLOB, or text that is not valid UTF-8. */
export type StoredBytes = { readonly blob: string } | { readonly text: string }

/** A value of a column. An integer that is not safe as a number is a bigint. */
export type StoredValue = string | number | bigint | null | StoredBytes

/** Returns true if a value is bytes. */
export function isBytes(value: StoredValue): value is StoredBytes {
  return typeof value === 'object' && value !== null
}

/** A BLOB as a stored value. */
export function storedBlob(bytes: Iterable<number>): StoredBytes {
  return { blob: hexOf(bytes) }
}

/** Converts the bytes of a text: to a string if they are valid UTF-8. */
export function storedText(bytes: Uint8Array): StoredValue {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { text: hexOf(bytes) }
  }
}

/** An integer as a stored value. */
export function storedInteger(integer: bigint): number | bigint {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : integer
}

/** True if a string may stand for invalid UTF-8, which is read as U+FFFD. */
export function isDoubtful(text: string): boolean {
  return text.includes('\uFFFD')
}

/** The bytes of a BLOB or a text. */
export function bytesOf(value: StoredBytes): Uint8Array {
  const digits = 'blob' in value ? value.blob : value.text
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** The size of a value in bytes; for a number, the size of its digits. */
export function sizeOf(value: StoredValue): number {
  if (isBytes(value)) return bytesOf(value).length
  return byteLength(String(value ?? ''))
}

/** Formats a value for people; bytes as in SQL. */
export function shownValue(value: StoredValue | undefined): string {
  if (value === undefined || value === null) return ''
  return isBytes(value) ? `X'${'blob' in value ? value.blob : value.text}'` : String(value)
}

/** Encodes a value as JSON. */
export function encodeValue(value: StoredValue): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'number') return JSON.stringify(value)
  // SQLite and JavaScript both read a JSON number out of range as infinity.
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999'
  // Without an exponent, a large real would be read as another integer.
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential() : JSON.stringify(value)
}

/**
 * Decodes a JSON value whose large integers are bigints.
 *
 * @throws {SyntaxError} If no value is encoded like this.
 */
export function decodeValue(value: unknown): StoredValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value
  }
  return value === null ? null : decodeBytes(value)
}

function decodeBytes(value: unknown): StoredBytes {
  // Earlier archives stored BLOBs as lists of bytes.
  if (Array.isArray(value) && value.every(isByte)) return storedBlob(value)
  const bytes = storedBytes().safeParse(value)
  if (bytes.success) return bytes.data
  throw new SyntaxError('A value is not valid for a column.')
}

const hex = lazy(() => z.string().regex(/^(?:[0-9A-F]{2})*$/))
const storedBytes = lazy(() =>
  z.union([z.strictObject({ blob: hex() }), z.strictObject({ text: hex() })]),
)

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255
}

function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
