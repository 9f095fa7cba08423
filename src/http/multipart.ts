/*
 * multipart/form-data as Go reads it. The runtime's own reader refuses a whole form for a part
 * whose name has no quotes, as .NET sends it, or that has no name.
 */

/** One part of a form; names may repeat. */
export type FormEntry = readonly [name: string, value: string | File]

type Bytes = Uint8Array<ArrayBuffer>

/**
 * The parts of a form, in the order sent. Left out is what names no field, and what a browser sends
 * for a file input that nobody filled.
 *
 * @throws {SyntaxError} Without a boundary, and when the last boundary is missing.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function parseMultipart(body: Bytes, contentType: string): readonly FormEntry[] {
  const boundary = parametersOf(contentType).get('boundary') ?? ''
  if (boundary === '') throw new SyntaxError('The form has no boundary.')
  return [...partsOf(body, boundary)].map(entryOf).filter((entry) => entry !== undefined)
}

const lineEnd = bytesOf('\r\n')
const emptyLine = bytesOf('\r\n\r\n')
const dashes = bytesOf('--')

/** What stands between the boundaries: headers, an empty line, content. */
function* partsOf(body: Bytes, boundary: string): Generator<Bytes> {
  const delimiter = bytesOf(`\r\n--${boundary}`)
  // Before the first boundary there may be nothing at all.
  const isAtStart = startsWith(body, delimiter.subarray(lineEnd.length), 0)
  let at = isAtStart ? -lineEnd.length : indexOf(body, delimiter, 0)
  let start: number | undefined
  while (at !== -1) {
    const next = at + delimiter.length
    const isLast = startsWith(body, dashes, next)
    if (isLast || startsWith(body, lineEnd, next)) {
      if (start !== undefined) yield body.subarray(start, Math.max(at, start))
      if (isLast) return
      start = next + lineEnd.length
    }
    at = indexOf(body, delimiter, next)
  }
  throw new SyntaxError('The form does not end.')
}

function entryOf(part: Bytes): FormEntry | undefined {
  const end = indexOf(part, emptyLine, 0)
  const headers = end === -1 ? new Map<string, string>() : headersOf(part.subarray(0, end))
  const disposition = headers.get('content-disposition') ?? ''
  const parameters = parametersOf(disposition)
  const name = parameters.get('name') ?? ''
  if (!/^form-data\b/i.test(disposition) || name === '') return undefined

  const content = part.subarray(end + emptyLine.length)
  const fileName = parameters.get('filename')
  if (fileName === undefined) return [name, textOf(content)]
  if (fileName === '') return content.length === 0 ? undefined : [name, textOf(content)]
  const type = headers.get('content-type') ?? ''
  return [name, new File([content], fileName.replace(/^.*\//s, ''), { type })]
}

function headersOf(bytes: Bytes): Map<string, string> {
  const lines = textOf(bytes).split('\r\n')
  return new Map(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.trim().toLowerCase(), value.join(':').trim()]
    }),
  )
}

/** The parameters of a header by name in lower case; `name*` decoded, and before `name`. */
function parametersOf(header: string): Map<string, string> {
  const found = header.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gs)
  const parameters = [...found].map(([, name = '', quoted, plain = '']) => {
    const value = quoted?.replace(/\\([()<>@,;:\\"/[\]?=])/g, '$1') ?? plain
    return [name.toLowerCase(), value] as const
  })
  const extended = parameters
    .filter(([name]) => name.endsWith('*'))
    .map(([name, value]) => [name.slice(0, -1), decodeExtended(value)] as const)
  return new Map([...parameters, ...extended])
}

/** @see https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function decodeExtended(value: string): string {
  const encoded = value.replace(/^[^']*'[^']*'/, '')
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/**
 * Takes linear time for any body: no boundary has a line end in it, so no match can start within
 * another.
 */
function indexOf(bytes: Bytes, sought: Uint8Array, from: number): number {
  const [first = 0] = sought
  let at = bytes.indexOf(first, from)
  while (at !== -1 && !startsWith(bytes, sought, at)) at = bytes.indexOf(first, at + 1)
  return at
}

function startsWith(bytes: Bytes, sought: Uint8Array, at: number): boolean {
  for (let i = 0; i < sought.length; i++) {
    if (bytes[at + i] !== sought[i]) return false
  }
  return true
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes that are no UTF-8 become U+FFFD. */
function textOf(bytes: Bytes): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}
