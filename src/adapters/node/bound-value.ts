import type { SQLInputValue } from 'node:sqlite'

/**
 * A parameter as D1 would bind it: booleans and numbers as reals, NaN and infinite numbers as NULL,
 * bytes as a BLOB.
 *
 * @throws {Error} `D1_TYPE_ERROR` for anything else, such as undefined or a date.
 */
export function boundValue(value: unknown): SQLInputValue {
  if (typeof value === 'string' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  if (isListOfBytes(value)) return Uint8Array.from(value)
  throw new Error(
    `D1_TYPE_ERROR: Type '${typeof value}' not supported for value '${String(value)}'`,
  )
}

function isListOfBytes(value: unknown): value is number[] {
  const isByte = (item: unknown): boolean => typeof item === 'number' && item >= 0 && item < 256
  return Array.isArray(value) && value.every(isByte)
}
