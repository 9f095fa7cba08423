/** A part of an object. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** The range that a `Range` header requests. */
export type AskedRange =
  /** Also for several ranges, which a server may respond to with everything. */
  'whole' | ByteRange | RangeFault

/** The error for an invalid range, with PocketBase's message. */
export interface RangeFault {
  readonly fault: 'invalid range' | 'invalid range: failed to overlap'
}

const invalid: RangeFault = { fault: 'invalid range' }
const outside: RangeFault = { fault: 'invalid range: failed to overlap' }

/**
 * Parses a `Range` header. An invalid one is rejected, as in PocketBase. An empty object has no
 * ranges and is returned whole.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function readRange(header: string | undefined, size: number): AskedRange {
  if (header === undefined || header === '') return 'whole'
  if (!header.startsWith('bytes=')) return invalid
  const specs = header.slice('bytes='.length).split(',')
  const asked = specs.map((spec) => spec.trim()).filter((spec) => spec !== '')
  const ranges = asked.map((spec) => readSpec(spec, size))
  if (ranges.includes(invalid)) return invalid
  const satisfiable = ranges.filter((range) => range !== outside)
  const [only, another] = satisfiable
  if (ranges.length > 0 && only === undefined) return size === 0 ? 'whole' : outside
  return only === undefined || another !== undefined ? 'whole' : only
}

function readSpec(spec: string, size: number): ByteRange | RangeFault {
  const [, first = '', last = ''] = /^(\d*)\s*-\s*(\d*)$/.exec(spec) ?? []
  if (first === '' && last === '') return invalid
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? outside : { offset: size - length, length }
  }
  const offset = Number(first)
  if (offset >= size) return outside
  if (last !== '' && Number(last) < offset) return invalid
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return { offset, length: end - offset + 1 }
}
